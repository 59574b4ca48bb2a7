// The external attacher: carries out what a VolumeAttachment asks of the driver
// (kubernetes-csi.github.io/docs/external-attacher.html).
import { queueController, type StartController } from '../controllers/controller.ts';
import { createWorkQueue } from '../controllers/work-queue.ts';
import type { VolumeAttachment } from '../schema/types.ts';
import { attacherFinalizer, driverName } from './names.ts';
import { attachMs, detachMs } from './pace.ts';

const resource = 'volumeattachments.storage.k8s.io';

export const startAttacher: StartController = ({ client, clock }) => {
	const reconcile = (name: string) => {
		const attachment = client.get<VolumeAttachment>(resource, '', name);
		if (!attachment) return;
		const { metadata, status } = attachment;
		if (metadata.deletionTimestamp) {
			const finalizers = (metadata.finalizers ?? []).filter((each) => each !== attacherFinalizer);
			client.update<VolumeAttachment>(resource, { ...attachment, metadata: { ...metadata, finalizers } });
		} else if (!metadata.finalizers?.includes(attacherFinalizer)) {
			// The driver is to detach it before it may go.
			const finalizers = [...(metadata.finalizers ?? []), attacherFinalizer];
			client.update<VolumeAttachment>(resource, { ...attachment, metadata: { ...metadata, finalizers } });
			queue.addAfter(name, attachMs);
		} else if (!status?.attached)
			client.updateStatus<VolumeAttachment>(resource, { ...attachment, status: { attached: true } });
	};
	const queue = createWorkQueue({ name: 'external attacher', clock, reconcile });
	const end = client.watch<VolumeAttachment>(resource, ({ type, object }) => {
		const { metadata, spec } = object;
		if (spec.attacher !== driverName) return;
		if (type === 'ADDED') queue.add(metadata.name);
		else if (type === 'MODIFIED' && metadata.deletionTimestamp) queue.addAfter(metadata.name, detachMs);
	});
	return queueController(queue, [end]);
};
