// The container runtime of a lab: sandboxes, containers in them, volumes for both.
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { ContainerRuntime, Sandbox, SandboxOptions } from './container.ts';
import type { Volume } from './files.ts';
import { podFiles } from './root-file-system.ts';
import { SimulatedContainer } from './simulated-container.ts';
import { Turns } from './turns.ts';
import { VolumeDirectory } from './volumes.ts';

const identifierDigits = 64;

/**
 * A runtime whose processes share the host's processor by turns of `clock`; `random` gives container
 * identifiers, /dev/urandom and the programs' random numbers.
 */
export function createContainerRuntime({
	clock,
	random,
}: {
	clock: Clock;
	random: Random;
}): ContainerRuntime {
	const turns = new Turns(clock);
	const bootedAt = clock.now();
	const newId = () =>
		Array.from({ length: identifierDigits }, () => Math.floor(random() * 16).toString(16)).join('');
	return {
		createSandbox(options: SandboxOptions): Sandbox {
			const files = podFiles(options, clock.now());
			const containers = new Set<SimulatedContainer>();
			return {
				ip: options.network.ip,
				createContainer(containerOptions) {
					const context = { clock, random, turns, sandbox: options, files, bootedAt };
					const container = new SimulatedContainer(newId(), containerOptions, context);
					containers.add(container);
					return container;
				},
				stop() {
					for (const container of containers) container.remove();
					options.network.close();
				},
			};
		},
		createVolume({ content, ...options }) {
			const volume = new VolumeDirectory(options, clock.now());
			if (content) volume.fill(content, clock.now());
			return volume;
		},
		updateVolume: (volume, content) => ownVolume(volume).fill(content, clock.now()),
		resizeVolume: (volume, sizeBytes) => ownVolume(volume).resize(sizeBytes),
	};
}

function ownVolume(volume: Volume): VolumeDirectory {
	if (volume instanceof VolumeDirectory) return volume;
	throw new TypeError(`the volume ${volume.source} was not made by this runtime's createVolume`);
}
