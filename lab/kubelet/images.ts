// The images of a node: pulled one at a time, kept, and asked for by a container's pull policy
// (kubernetes.io/docs/concepts/containers/images).
import type { EventRecorder } from '../api/event-recorder.ts';
import type { Clock } from '../clock.ts';
import type { Image, Registry } from '../images/image.ts';
import type { Container, ContainerStateWaiting, Pod } from '../schema/types.ts';
import { createBackOff } from './back-off.ts';
import { formatDuration } from './go-duration.ts';
import { pullMs, resyncMs, workMs } from './pace.ts';

export interface ImageRequest {
	pod: Pod;
	container: Pick<Container, 'image' | 'imagePullPolicy'>;
	/** The container's part of the pod, for events. */
	fieldPath: string;
	/** Shows why the container waits. */
	waiting(state: Required<ContainerStateWaiting>): void;
	signal: AbortSignal;
}

export interface ImageStore {
	/** Gives the image when the node has it; tries again with back-off until then, or until the signal is aborted. */
	ensure(request: ImageRequest): Promise<Image>;
	/** What the node has. */
	list(): readonly Image[];
}

export function createImageStore(options: {
	clock: Clock;
	registry: Registry;
	events: EventRecorder;
	/** Called when an image has come. */
	changed(): void;
}): ImageStore {
	const { clock, registry, events, changed } = options;
	const present = new Map<string, Image>();
	/** The end of the queue of pulls. */
	let pulling: Promise<unknown> = Promise.resolve();

	const pullInTurn = (reference: string, signal: AbortSignal) => {
		const pull = pulling.then(async () => {
			signal.throwIfAborted();
			const startedAt = clock.now();
			let image: Image;
			try {
				image = await clock.outside(registry.pull(reference));
			} catch (error) {
				await clock.sleep(workMs(clock, pullMs(0)), signal);
				throw pullError(error);
			}
			const cached = present.has(image.reference);
			await clock.sleep(workMs(clock, pullMs(cached ? 0 : image.sizeBytes)), signal);
			present.set(image.reference, image);
			if (!cached) changed();
			return { image, ms: clock.now() - startedAt };
		});
		pulling = pull.catch(() => {});
		return pull;
	};

	const attempt = async ({ pod, container, fieldPath, signal }: ImageRequest): Promise<Image> => {
		const name = container.image ?? '';
		events.event(pod, 'Normal', 'Pulling', `Pulling image "${name}"`, fieldPath);
		const askedAt = clock.now();
		const { image, ms } = await pullInTurn(name, signal);
		const waited = formatDuration(clock.now() - askedAt);
		events.event(
			pod,
			'Normal',
			'Pulled',
			`Successfully pulled image "${name}" in ${formatDuration(ms)} (${waited} including waiting). Image size: ${image.sizeBytes} bytes.`,
			fieldPath,
		);
		return image;
	};

	/** Tells of a failure, as event and as the container's state. */
	const tell = (request: ImageRequest, reason: string, message: string) => {
		request.waiting({ reason, message });
		events.event(request.pod, 'Warning', 'Failed', `Error: ${reason}`, request.fieldPath);
	};

	return {
		list: () => [...present.values()],
		async ensure(request) {
			const { pod, container, fieldPath, signal } = request;
			const name = container.image ?? '';
			const warn = (reason: string, message: string) =>
				events.event(pod, 'Warning', reason, message, fieldPath);
			const backOff = createBackOff(clock);
			for (;;) {
				let reference: string;
				try {
					reference = registry.normalise(name);
				} catch (error) {
					const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": ${(error as Error).message}`;
					warn('InspectFailed', message);
					tell(request, 'InvalidImageName', message);
					await clock.sleep(resyncMs, signal);
					continue;
				}
				const held = present.get(reference);
				if (held && container.imagePullPolicy !== 'Always') {
					const message = `Container image "${name}" already present on machine and can be accessed by the pod`;
					events.event(pod, 'Normal', 'Pulled', message, fieldPath);
					return held;
				}
				if (container.imagePullPolicy === 'Never') {
					const message = `Container image "${name}" is not present with pull policy of Never`;
					warn('ErrImageNeverPull', message);
					tell(request, 'ErrImageNeverPull', message);
					await clock.sleep(resyncMs, signal);
					continue;
				}
				try {
					return await attempt(request);
				} catch (error) {
					if (signal.aborted) throw error;
					const { message } = error as Error;
					warn('Failed', `Failed to pull image "${name}": ${message}`);
					tell(request, 'ErrImagePull', message);
					const failedAt = clock.now();
					backOff.attempt(failedAt);
					await clock.sleep(resyncMs, signal);
					events.event(pod, 'Normal', 'BackOff', `Back-off pulling image "${name}"`, fieldPath);
					tell(request, 'ImagePullBackOff', `Back-off pulling image "${name}": ErrImagePull: ${message}`);
					await clock.sleep(backOff.delay(failedAt), signal);
				}
			}
		},
	};
}

/** The registry's refusal as it comes over CRI. */
function pullError(error: unknown): Error {
	const message = error instanceof Error ? error.message : String(error);
	const code = /: not found$/.test(message) ? 'NotFound' : 'Unknown';
	return new Error(`rpc error: code = ${code} desc = ${message}`);
}
