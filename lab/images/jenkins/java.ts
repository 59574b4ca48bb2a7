// The `java` command as far as a container uses it: its options, its version, and `-jar` of an application that
// the lab knows. Other bytecode is not run.
import type { Process, Program } from '../../runtime/process.ts';

export const javaVersion = '21.0.9';

const versionText = `openjdk version "${javaVersion}" 2025-10-21 LTS
OpenJDK Runtime Environment Temurin-${javaVersion}+10 (build ${javaVersion}+10-LTS)
OpenJDK 64-Bit Server VM Temurin-${javaVersion}+10 (build ${javaVersion}+10-LTS, mixed mode, sharing)
`;

const accepted =
	/^-(?:X[a-z].*|XX:.*|D.*|server|client|ea|da|esa|dsa|enableassertions|-(?:add-opens|add-exports|enable-native-access|add-modules)=.*)$/;
const sizes = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 } as const;

async function refuse(process: Process, message: string): Promise<number> {
	await process.write(
		2,
		`${message}\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.\n`,
	);
	return 1;
}

/** The bytes of a size as `1g`; undefined for no size. */
function bytesOf(text: string): number | undefined {
	const [, number, unit = ''] = /^(\d+)([kmgt]?)$/i.exec(text) ?? [];
	return number === undefined ? undefined : Number(number) * sizes[unit.toLowerCase() as keyof typeof sizes];
}

const heapText = (bytes: number) =>
	bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(2)}G` : `${(bytes / 1024 ** 2).toFixed(2)}M`;

export const java: Program = async (process) => {
	const args = process.argv.slice(1);
	let heap: number | undefined;
	while (args.length > 0) {
		const option = args.shift() ?? '';
		if (option === '-version' || option === '--version') {
			await process.write(option === '-version' ? 2 : 1, versionText);
			return 0;
		}
		if (option === '-jar') break;
		const [, kind, size] = /^-Xm([xs])(.*)$/.exec(option) ?? [];
		if (kind) {
			const bytes = bytesOf(size);
			if (bytes === undefined)
				return refuse(process, `Invalid ${kind === 'x' ? 'maximum' : 'initial'} heap size: ${option}`);
			if (kind === 'x') heap = bytes;
		} else if (!accepted.test(option)) {
			if (option.startsWith('-')) return refuse(process, `Unrecognized option: ${option}`);
			await process.write(2, `Error: Could not find or load main class ${option}\n`);
			return 1;
		}
		if (option === '-XshowSettings:vm' || option === '-XshowSettings')
			await process.write(
				2,
				`VM settings:\n${heap === undefined ? '' : `    Max. Heap Size: ${heapText(heap)}\n`}    Using VM: OpenJDK 64-Bit Server VM\n\n`,
			);
	}
	const [jar] = args;
	if (jar === undefined) {
		await process.write(2, 'Usage: java [options] <mainclass> [args...]\n');
		return 1;
	}
	const application = process.files.exists(jar) ? process.files.programOf(jar) : undefined;
	if (application) return application(process);
	await process.write(2, `Error: Unable to access jarfile ${jar}\n`);
	return 1;
};
