// The container runtime of a lab: sandboxes, containers in them, volumes for both.
import type { Clock } from '../clock.ts';
import type { Image } from '../images/image.ts';
import { type Random, randomIdentifier } from '../random.ts';
import type { ContainerOptions, ContainerRuntime, Sandbox, SandboxOptions } from './container.ts';
import type { Volume } from './files.ts';
import { nodeImage } from './node-processes.ts';
import { ProcessNamespace } from './process-namespace.ts';
import { podFiles } from './root-file-system.ts';
import { restoreVolume, saveVolume } from './saved-volume.ts';
import { SimulatedContainer } from './simulated-container.ts';
import { Turns } from './turns.ts';
import { VolumeDirectory } from './volumes.ts';

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
	/** The nodes' own process namespaces, made when the first pod asks for one. */
	const nodes = new Map<string, ProcessNamespace>();
	return {
		createSandbox(options: SandboxOptions): Sandbox {
			const files = podFiles(options, clock.now());
			const containers = new Set<SimulatedContainer>();
			const create = (containerOptions: ContainerOptions, namespace: ProcessNamespace) => {
				const removed = (container: SimulatedContainer) => containers.delete(container);
				const context = { clock, random, turns, sandbox: options, files, bootedAt, namespace, removed };
				return new SimulatedContainer(randomIdentifier(random), containerOptions, context);
			};
			const start = (image: Image, namespace: ProcessNamespace) => {
				const container = create(firstProcess(image), namespace);
				container.start();
				return container;
			};
			let shared: ProcessNamespace | undefined;
			if (options.nodeProcesses) {
				shared = nodes.get(options.node) ?? new ProcessNamespace();
				// The node's daemons are of no pod: they stay when this one goes.
				if (!nodes.has(options.node)) start(nodeImage, shared);
				nodes.set(options.node, shared);
			} else if (options.sharedProcesses) {
				shared = new ProcessNamespace();
				containers.add(start(options.sharedProcesses, shared));
			}
			return {
				ip: options.network.ip,
				createContainer(containerOptions) {
					const joined = [...containers].find(({ id }) => id === containerOptions.joins)?.namespace;
					const container = create(containerOptions, joined ?? shared ?? new ProcessNamespace());
					containers.add(container);
					return container;
				},
				stop() {
					for (const container of [...containers]) container.remove();
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
		partOfVolume: (volume, path, create) => ownVolume(volume).part(path, clock.now(), create),
		setVolumeGroup: (volume, gid, onRootMismatch) => ownVolume(volume).setGroup(gid, onRootMismatch),
		resizeVolume: (volume, sizeBytes) => ownVolume(volume).resize(sizeBytes),
		saveVolume: (volume) => saveVolume(ownVolume(volume)),
		restoreVolume: (volume, saved) => restoreVolume(ownVolume(volume), saved),
	};
}

/** A container that holds a process namespace. */
const firstProcess = (image: Image): ContainerOptions => ({
	name: 'POD',
	image,
	env: new Map(),
	stdin: false,
	stdinOnce: false,
	tty: false,
	readOnlyRoot: true,
	mounts: [],
});

function ownVolume(volume: Volume): VolumeDirectory {
	if (volume instanceof VolumeDirectory) return volume;
	throw new TypeError(`the volume ${volume.source} was not made by this runtime's createVolume`);
}
