// JENKINS_HOME: what Jenkins writes there when it starts the first time, and reads when it starts again.
import { randomHex } from '../../random.ts';
import type { Process } from '../../runtime/process.ts';

export interface Home {
	path: string;
	/** Hexadecimal; admin's, until the setup wizard has been through. */
	password: string;
	/** Whether the application had been unpacked there by an earlier start. */
	unpacked: boolean;
}

const configuration = (version: string) => `<?xml version='1.1' encoding='UTF-8'?>
<hudson>
  <disabledAdministrativeMonitors/>
  <version>${version}</version>
  <numExecutors>2</numExecutors>
  <mode>NORMAL</mode>
  <useSecurity>true</useSecurity>
  <authorizationStrategy class="hudson.security.FullControlOnceLoggedInAuthorizationStrategy">
    <denyAnonymousReadAccess>true</denyAnonymousReadAccess>
  </authorizationStrategy>
  <securityRealm class="hudson.security.HudsonPrivateSecurityRealm">
    <disableSignup>true</disableSignup>
  </securityRealm>
  <workspaceDir>\${JENKINS_HOME}/workspace/\${ITEM_FULL_NAME}</workspaceDir>
  <buildsDir>\${ITEM_ROOTDIR}/builds</buildsDir>
  <primaryView>all</primaryView>
  <slaveAgentPort>50000</slaveAgentPort>
</hudson>
`;

/** Finds the home that an earlier start has left, or makes one; throws SystemError where it cannot be written. */
export function openHome(process: Process, version: string): Home {
	const { files } = process;
	const path = process.env.get('JENKINS_HOME') ?? '/root/.jenkins';
	const make = (name: string) => files.makeDirectory(`${path}/${name}`, { recursive: true, mode: 0o755 });
	/** Leaves what is there. */
	const keep = (name: string, text: () => string, mode = 0o644) => {
		if (!files.exists(`${path}/${name}`)) files.writeFile(`${path}/${name}`, text(), { mode });
		return files.readText(`${path}/${name}`);
	};
	const unpacked = files.exists(`${path}/war/META-INF/MANIFEST.MF`);
	for (const folder of [
		'war/META-INF',
		'jobs',
		'logs',
		'nodes',
		'plugins',
		'secrets',
		'updates',
		'userContent',
	])
		make(folder);
	keep('war/META-INF/MANIFEST.MF', () => `Manifest-Version: 1.0\nJenkins-Version: ${version}\n`);
	keep('config.xml', () => configuration(version));
	keep('secret.key', () => randomHex(process.random, 64));
	keep('secret.key.not-so-secret', () => '');
	keep('secrets/master.key', () => randomHex(process.random, 256), 0o600);
	keep(
		'userContent/readme.txt',
		() => 'Files in this directory will be served under your http://yourjenkins/userContent/\n',
	);
	const password = keep('secrets/initialAdminPassword', () => `${randomHex(process.random, 32)}\n`, 0o640);
	return { path, password: password.trim(), unpacked };
}
