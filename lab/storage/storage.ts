// The storage system beside the cluster: what a CSI driver brings along, with the cluster's API as its only input.
import type { Controller, ControllerContext } from '../controllers/controller.ts';
import { startAttacher } from './attacher.ts';
import type { Disks } from './disks.ts';
import { startProvisioner } from './provisioner.ts';
import { startResizer } from './resizer.ts';

/** Starts provisioner, attacher and resizer. */
export function startStorage(context: ControllerContext, disks: Disks): Pick<Controller, 'stop'> {
	const parts = [startProvisioner(disks), startAttacher, startResizer(disks)].map((start) => start(context));
	for (const part of parts) part.drain();
	return {
		stop() {
			for (const part of parts) part.stop();
		},
	};
}
