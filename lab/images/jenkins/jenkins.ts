// jenkins/jenkins, the controller: it takes its time to start, says so in its log, shows the page that unlocks it,
// and keeps its home in /var/jenkins_home. Left out: plugins, jobs, agents, and the rest of the setup wizard.
import type { FileTree } from '../../runtime/files.ts';
import { tini } from '../../runtime/programs/tini.ts';
import { bashProgram } from '../../runtime/shell/main.ts';
import { alpineTree, newestAlpine } from '../bases/alpine.ts';
import { caCertificates } from '../bases/ca-certificates.ts';
import { debianTree, executables } from '../bases/debian.ts';
import { createRepository, fullVersion, remember } from '../repository.ts';
import { java, javaVersion } from './java.ts';
import { jenkinsWar } from './war.ts';

/** The lines of long-term support with the last release of each. */
const supported = {
	'2.60': 3,
	'2.107': 3,
	'2.121': 3,
	'2.138': 4,
	'2.150': 3,
	'2.164': 3,
	'2.176': 4,
	'2.190': 3,
	'2.204': 6,
	'2.222': 4,
	'2.235': 5,
	'2.249': 3,
	'2.263': 4,
	'2.277': 4,
	'2.289': 3,
	'2.303': 3,
	'2.319': 3,
	'2.332': 4,
	'2.346': 3,
	'2.361': 4,
	'2.375': 4,
	'2.387': 3,
	'2.401': 3,
	'2.414': 3,
	'2.426': 3,
	'2.440': 3,
	'2.452': 4,
	'2.462': 3,
	'2.479': 3,
	'2.492': 3,
	'2.504': 3,
	'2.516': 3,
	'2.528': 3,
	'2.541': 2,
};
const newestSupported = '2.541.2';
const newestWeekly = 552;

/** The version and base of a tag, as `lts-alpine` or `2.541.2-lts-jdk21`; undefined where there is no such tag. */
function parseTag(tag: string): { version: string; alpine: boolean } | undefined {
	const [, name = '', base] =
		/^(.*?)(?:-?\b(alpine|slim|jdk17|jdk21|alpine-jdk21|slim-jdk21))?$/.exec(tag) ?? [];
	const alpine = base?.startsWith('alpine') ?? false;
	if (name === 'lts') return { version: newestSupported, alpine };
	if (name === 'latest' || name === '') return { version: `2.${newestWeekly}`, alpine };
	const [, number, patch, lts] = /^(2\.\d+)(\.\d+)?(-lts)?$/.exec(name) ?? [];
	if (number === undefined) return undefined;
	if (patch === undefined)
		return Number(number.slice(2)) <= newestWeekly && !lts ? { version: number, alpine } : undefined;
	const version = patch === '.0' ? undefined : fullVersion(number + patch, supported);
	return version === undefined ? undefined : { version, alpine };
}

const entrypoint = `#!/bin/bash -e
# Checks that the home can be written, and starts Jenkins with the options of the environment.
: "\${JENKINS_WAR:="/usr/share/jenkins/jenkins.war"}"
: "\${JENKINS_HOME:="/var/jenkins_home"}"
: "\${COPY_REFERENCE_FILE_LOG:="\${JENKINS_HOME}/copy_reference_file.log"}"
touch "\${COPY_REFERENCE_FILE_LOG}" || { echo "Can not write to \${COPY_REFERENCE_FILE_LOG}. Wrong volume permissions?"; exit 1; }
echo "--- Copying files at $(date)" >> "$COPY_REFERENCE_FILE_LOG"

if [ $# -lt 1 ] || [ "\${1:0:2}" = "--" ]; then
  exec java -Duser.home="$JENKINS_HOME" $JAVA_OPTS $JENKINS_JAVA_OPTS -jar "$JENKINS_WAR" $JENKINS_OPTS "$@"
fi

# Anything else is a command of its own, as a shell.
exec "$@"
`;

const user = { uid: 1000, gid: 1000 };
const account = { name: 'jenkins', id: 1000, comment: '', home: '/var/jenkins_home', shell: '/bin/bash' };
const debianBase = remember(() => debianTree({ accounts: [account] }));
const alpineBase = remember(() =>
	alpineTree(newestAlpine, {
		accounts: [account],
		usrBin: { ...executables(['curl']), bash: { $program: bashProgram } },
	}),
);

function ownFiles(version: string, alpine: boolean): FileTree {
	return {
		...(alpine ? { bin: { bash: { $program: bashProgram } } } : {}),
		opt: { java: { openjdk: { bin: { java: { $program: java } } } } },
		usr: {
			...(alpine ? {} : { bin: { ...executables(['curl', 'procps']), tini: { $program: tini } } }),
			local: { bin: { 'jenkins.sh': { $file: entrypoint, mode: 0o755 } } },
			share: { jenkins: { 'jenkins.war': { $program: jenkinsWar(version) }, ref: {} } },
		},
		...(alpine ? { sbin: { tini: { $program: tini } } } : {}),
		var: { jenkins_home: { $directory: {}, ...user } },
	};
}

const layersOf = remember((key: string) => {
	const [version, base] = key.split(' ');
	const alpine = base === 'alpine';
	return [...(alpine ? [alpineBase('')] : [debianBase(''), caCertificates]), ownFiles(version, alpine)];
});

export const jenkins = createRepository({
	name: 'docker.io/jenkins/jenkins',
	hasTag: (tag) => parseTag(tag) !== undefined,
	content(tag) {
		const { version, alpine } = parseTag(tag) ?? { version: newestSupported, alpine: false };
		return {
			config: {
				entrypoint: [alpine ? '/sbin/tini' : '/usr/bin/tini', '--', '/usr/local/bin/jenkins.sh'],
				cmd: [],
				env: {
					PATH: '/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
					LANG: 'C.UTF-8',
					JENKINS_HOME: '/var/jenkins_home',
					JENKINS_SLAVE_AGENT_PORT: '50000',
					REF: '/usr/share/jenkins/ref',
					JENKINS_VERSION: version,
					JAVA_HOME: '/opt/java/openjdk',
					JAVA_VERSION: `jdk-${javaVersion}+10`,
					COPY_REFERENCE_FILE_LOG: '/var/jenkins_home/copy_reference_file.log',
				},
				workingDir: '/',
				user,
				volumes: ['/var/jenkins_home'],
			},
			layers: layersOf(`${version} ${alpine ? 'alpine' : 'debian'}`),
			sizeBytes: alpine ? 163_000_000 : 255_000_000,
		};
	},
});
