// Which images a cluster can pull: a real one may have no way to a registry. It is asked by a pod for each.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Chapter } from '../../src/course/manifest.ts';
import { imagesOfSteps } from './exercise-run.ts';

/** How long a cluster may take to pull all of them, and how often it is asked. In ms. */
const patience = 180_000;
const period = 1_000;

interface Pod {
	metadata: { name: string };
	status?: {
		phase?: string;
		containerStatuses?: {
			imageID?: string;
			state?: { waiting?: { reason?: string; message?: string } };
		}[];
	};
}

/** Every image that the chapters say they need, once. */
export function imagesOf(chapters: readonly Chapter[]): string[] {
	const images = chapters.flatMap(({ lab, exercises }) => [
		...(lab.images ?? []),
		...exercises.flatMap(imagesOfSteps),
	]);
	return [...new Set(images)];
}

/** Why a pod's image cannot be had; an empty text where it is there, undefined where that is not known yet. */
export function pullOutcome({ status }: Pod): string | undefined {
	const [container] = status?.containerStatuses ?? [];
	const waiting = container?.state?.waiting;
	if (waiting && /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(waiting.reason ?? ''))
		return waiting.reason;
	// An image without the program that is asked for has been pulled as well.
	return container?.imageID || waiting?.reason === 'RunContainerError' ? '' : undefined;
}

/**
 * The images that the cluster cannot pull, with the reason that it gives.
 * @param kubectl absolute path.
 * @throws Error with kubectl's words where the cluster cannot be asked, and the signal's reason where it is interrupted.
 */
export async function missingImages(
	images: readonly string[],
	kubectl: string,
	kubeconfig: string,
	interrupted?: AbortSignal,
): Promise<Map<string, string>> {
	const missing = new Map<string, string>();
	if (images.length === 0) return missing;
	const folder = await mkdtemp(join(tmpdir(), 'slidecar-images-'));
	const file = join(folder, 'kubeconfig');
	await writeFile(file, kubeconfig, { mode: 0o600 });
	const run = async (...parts: string[]) =>
		(await promisify(execFile)(kubectl, parts, { env: { ...process.env, KUBECONFIG: file } })).stdout;
	const label = `slidecar-images=${randomBytes(4).toString('hex')}`;
	const waiting = new Map(images.map((image, index) => [`${label.replace('=', '-')}-${index}`, image]));
	try {
		for (const [pod, image] of waiting)
			await run(
				'run',
				pod,
				`--image=${image}`,
				'--restart=Never',
				`--labels=${label}`,
				'--command',
				'--',
				'true',
			);
		const deadline = Date.now() + patience;
		while (waiting.size > 0) {
			const { items } = JSON.parse(await run('get', 'pods', `--selector=${label}`, '--output=json')) as {
				items: Pod[];
			};
			for (const pod of items) {
				const outcome = pullOutcome(pod);
				const image = waiting.get(pod.metadata.name);
				if (outcome === undefined || image === undefined) continue;
				if (outcome !== '') missing.set(image, outcome);
				waiting.delete(pod.metadata.name);
			}
			if (Date.now() > deadline) break;
			interrupted?.throwIfAborted();
			if (waiting.size > 0) await sleep(period);
		}
		for (const image of waiting.values()) missing.set(image, `not pulled within ${patience / 1000} s`);
		return missing;
	} finally {
		await run('delete', 'pods', `--selector=${label}`, '--wait=false', '--grace-period=0', '--force').catch(
			() => undefined,
		);
		await rm(folder, { recursive: true, force: true });
	}
}
