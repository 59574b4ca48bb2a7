/** What `/version` answers: the Kubernetes whose behaviour is followed. */
export const versionInfo = {
	major: '1',
	minor: '36',
	emulationMajor: '1',
	emulationMinor: '36',
	minCompatibilityMajor: '1',
	minCompatibilityMinor: '35',
	gitVersion: 'v1.36.2',
	gitCommit: '',
	gitTreeState: 'clean',
	buildDate: '1970-01-01T00:00:00Z',
	goVersion: '',
	compiler: '',
	platform: 'linux/amd64',
} as const;
