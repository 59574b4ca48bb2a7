import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../schema/types.ts';
import { fieldErrorBody } from '../field-errors.ts';
import { validatePodSecurityContext, validateSecurityContext } from './security-context.ts';
import { validateHostProcesses, validateOperatingSystem } from './windows.ts';

const shown = (errors: ReturnType<typeof validatePodSecurityContext>) =>
	errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
const spec = (more: Partial<PodSpec>): PodSpec => ({ containers: [{ name: 'c', image: 'x' }], ...more });

test('a pod’s security context', () => {
	assert.deepEqual(
		shown(
			validatePodSecurityContext(
				spec({
					hostNetwork: true,
					securityContext: {
						supplementalGroups: [1, -1],
						sysctls: [
							{ name: 'a..b', value: '1' },
							{ name: 'net/core/somaxconn', value: '1' },
						],
						seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
						appArmorProfile: { type: 'Localhost', localhostProfile: ' x' },
						supplementalGroupsPolicy: 'Some',
						seLinuxChangePolicy: 'Never',
					},
				}),
				's',
			),
		),
		[
			's.supplementalGroups[1]: Invalid value: -1: must be between 0 and 2147483647, inclusive',
			's.sysctls[0].name: Invalid value: "a..b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
			's.sysctls[1].name: Invalid value: "net/core/somaxconn": may not be specified when \'hostNetwork\' is true',
			's.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost',
			's.appArmorProfile.localhostProfile: Invalid value: " x": must not be padded with whitespace',
			's.supplementalGroupsPolicy: Unsupported value: "Some": supported values: "Merge", "Strict"',
			's.seLinuxChangePolicy: Unsupported value: "Never": supported values: "MountOption", "Recursive"',
		],
	);
});

test('a container’s security context', () => {
	assert.deepEqual(
		shown(
			validateSecurityContext(
				{
					procMount: 'Unmasked',
					seccompProfile: { type: 'Localhost' },
					windowsOptions: { runAsUserName: 'a\\b\\c' },
				},
				true,
				's',
			),
		),
		[
			's.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
			's.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
			's.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
		],
	);
	const [refused] = shown(
		validateSecurityContext({ allowPrivilegeEscalation: false, privileged: true }, true, 's'),
	);
	assert.match(
		refused,
		/^s: Invalid value: \{"Capabilities":null,"Privileged":true,.*\}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true$/,
	);
});

test('a pod for one system says nothing that is for the other', () => {
	assert.deepEqual(shown(validateOperatingSystem(spec({ os: { name: 'plan9' } }), 's')), [
		's.os: Unsupported value: "plan9": supported values: "linux", "windows"',
	]);
	const options = { windowsOptions: { hostProcess: true } };
	assert.deepEqual(
		shown(validateOperatingSystem(spec({ os: { name: 'linux' }, securityContext: options }), 's')),
		['s.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod'],
	);
	assert.deepEqual(
		shown(
			validateOperatingSystem(
				spec({ os: { name: 'windows' }, hostPID: true, securityContext: { fsGroup: 1, runAsUser: 1 } }),
				's',
			),
		).map((text) => text.split(':')[0]),
		['s.hostPID', 's.securityContext.fsGroup', 's.securityContext.runAsUser'],
	);
	assert.deepEqual(shown(validateHostProcesses(spec({ securityContext: options }), 's')), [
		's.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
	]);
});
