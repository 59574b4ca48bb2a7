import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chapter, command } from '../testing/course.ts';
import { imagesOf, pullOutcome } from './images.ts';

const pod = (container: object | undefined) => ({
	metadata: { name: 'pod' },
	status: { containerStatuses: container ? [container] : [] },
});
const waiting = (reason: string) => pod({ state: { waiting: { reason } } });

test('an image is there once its pod has an image id, or fails for another reason than the pull', () => {
	assert.equal(pullOutcome({ metadata: { name: 'pod' } }), undefined);
	assert.equal(pullOutcome(waiting('ContainerCreating')), undefined);
	assert.equal(pullOutcome(pod({ imageID: 'sha256:1', state: {} })), '');
	assert.equal(pullOutcome(waiting('RunContainerError')), '');
	for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])
		assert.equal(pullOutcome(waiting(reason)), reason);
});

test('chapters and steps name the images that they need, each counted once', () => {
	const steps = [command('a', { image: 'mongo:7' }), command('b'), command('c', { image: 'nginx:1.27' })];
	const chapters = [chapter({ work: steps }, { lab: { nodes: 1, images: ['nginx:1.27', 'consul'] } })];
	assert.deepEqual(imagesOf(chapters), ['nginx:1.27', 'consul', 'mongo:7']);
});
