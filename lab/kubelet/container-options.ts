// From a container's spec to what the runtime is asked for.
import type { Image } from '../images/image.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import { projectedTypes } from '../runtime/volumes.ts';
import { quantityValue } from '../schema/quantity.ts';
import type { Container, EphemeralContainer, Pod } from '../schema/types.ts';
import { userOf } from './container-user.ts';
import { expand } from './expansion.ts';
import type { PodEnvironment } from './kubelet-context.ts';

/** Throws where the spec cannot be met: a volume that is not there. */
export function createRuntimeContainer(
	pod: Pod,
	container: EphemeralContainer,
	image: Image,
	variables: ReadonlyMap<string, string>,
	{ sandbox, volumes, running }: PodEnvironment,
): RuntimeContainer {
	const known = new Map([...Object.entries(image.config.env), ...variables]);
	const expanded = (words?: string[]) => words?.map((word) => expand(word, known));
	const readOnlyClaims = new Set(
		(pod.spec.volumes ?? [])
			.filter(({ persistentVolumeClaim }) => persistentVolumeClaim?.readOnly)
			.map(({ name }) => name),
	);
	const volumeOf = (name: string) => {
		const volume = volumes.get(name);
		if (volume) return volume;
		throw new Error(`cannot find volume "${name}" to mount into container "${container.name}"`);
	};
	const { targetContainerName: target } = container;
	const joins = target ? running(target)?.id : undefined;
	if (target && !joins) throw new Error(`unable to find target container ${target}`);
	return sandbox.createContainer({
		name: container.name,
		image,
		command: expanded(container.command),
		args: expanded(container.args),
		env: variables,
		workingDir: container.workingDir,
		stdin: container.stdin ?? false,
		stdinOnce: container.stdinOnce ?? false,
		tty: container.tty ?? false,
		user: userOf(pod, container, image),
		...(joins ? { joins } : {}),
		terminationMessagePath: container.terminationMessagePath,
		readOnlyRoot: container.securityContext?.readOnlyRootFilesystem ?? false,
		...limitsOf(container),
		devices: container.volumeDevices?.map(({ name, devicePath }) => ({
			path: devicePath,
			volume: volumeOf(name),
		})),
		mounts: (container.volumeMounts ?? []).map(({ name, mountPath, subPath, subPathExpr, readOnly }) => {
			const volume = volumeOf(name);
			return {
				path: mountPath,
				volume,
				subPath: subPathExpr ? expand(subPathExpr, known) : subPath,
				readOnly: readOnly || readOnlyClaims.has(name) || projectedTypes.has(volume.type),
			};
		}),
	});
}

/** What the runtime holds the container to: bytes, and cores. */
export function limitsOf({ resources }: Container): Parameters<RuntimeContainer['limit']>[0] {
	const { memory, cpu } = resources?.limits ?? {};
	return {
		memoryLimitBytes: memory === undefined ? undefined : quantityValue(memory),
		processorLimit: cpu === undefined ? undefined : quantityValue(cpu),
	};
}
