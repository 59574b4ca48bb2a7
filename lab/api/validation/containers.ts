// What a pod's containers may be, init containers included.
import type { Container, ContainerPort, PodSpec, Volume } from '../../schema/types.ts';
import { duplicate, type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { validateResizePolicy, validateResources } from './container-resources.ts';
import { validateEnvironment } from './environment.ts';
import { validateChoice } from './metadata.ts';
import { dnsLabel, portName, portNumber } from './names.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import { validateSecurityContext } from './security-context.ts';
import { validateVolumeDevices, validateVolumeMounts } from './volume-mounts.ts';

/** What a container's rules look at of its pod. */
export interface PodFacts {
	spec: PodSpec;
	/** Names of the pod's claims of devices. */
	claims: ReadonlySet<string>;
}

/** `volumes` are those that may be mounted, by name; `field` is the pod spec's. */
export function validateContainers(
	facts: PodFacts,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const { containers } = facts.spec;
	if (!containers?.length) return [required(`${field}.containers`)];
	const names = new Set<string>();
	const errors = containers.flatMap((container, index) => {
		const at = `${field}.containers[${index}]`;
		const faults = validateContainer(container, facts, volumes, at);
		if (names.has(container.name)) faults.push(duplicate(`${at}.name`, container.name));
		names.add(container.name);
		return [
			...faults,
			...validateHooksAndProbes(container, facts.spec, at),
			...validateRestarts(container, at),
		];
	});
	return [...errors, ...validateHostPorts(containers, `${field}.containers`)];
}

export function validateInitContainers(
	facts: PodFacts,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const { containers = [], initContainers = [] } = facts.spec;
	const names = new Set(containers.map(({ name }) => name));
	return initContainers.flatMap((container, index) => {
		const at = `${field}.initContainers[${index}]`;
		const errors = [...validateContainer(container, facts, volumes, at), ...validateRestarts(container, at)];
		if (container.name && names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
		names.add(container.name);
		errors.push(...validateHostPorts([container], `${field}.initContainers`));
		if (container.restartPolicy === 'Always')
			return [...errors, ...validateHooksAndProbes(container, facts.spec, at)];
		for (const probe of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
			if (container[probe])
				errors.push(
					forbiddenField(`${at}.${probe}`, 'may not be set for init containers without restartPolicy=Always'),
				);
		return errors;
	});
}

const validateHooksAndProbes = (container: Container, spec: PodSpec, field: string): FieldError[] => [
	...validateLifecycle(container.lifecycle, spec.terminationGracePeriodSeconds ?? 30, `${field}.lifecycle`),
	...validateProbe(container.livenessProbe, 'liveness', `${field}.livenessProbe`),
	...validateProbe(container.readinessProbe, 'readiness', `${field}.readinessProbe`),
	...validateProbe(container.startupProbe, 'startup', `${field}.startupProbe`),
];

/** A container may restart in another way than its pod. */
const validateRestarts = ({ restartPolicy }: Container, field: string): FieldError[] =>
	restartPolicy === undefined
		? []
		: validateChoice(restartPolicy, ['Always', 'Never', 'OnFailure'], `${field}.restartPolicy`);

/** Only a pod's images are looked at so closely, not a template's. */
export const validateImageSpaces = (image: string | undefined, field: string): FieldError[] =>
	image === undefined || image === image.trim()
		? []
		: [invalidValue(field, image, 'must not have leading or trailing whitespace')];

/** The rules of every container, of whatever kind; names of others are not looked at. */
export function validateContainer(
	container: Container,
	{ spec, claims }: PodFacts,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	const { name, image, resources = {}, resizePolicy = [] } = container;
	if (!name) errors.push(required(`${field}.name`));
	else errors.push(...dnsLabel(name).map((fault) => invalidValue(`${field}.name`, name, fault)));
	if (!image) errors.push(required(`${field}.image`));
	return [
		...errors,
		...validateChoice(
			container.terminationMessagePolicy,
			['File', 'FallbackToLogsOnError'],
			`${field}.terminationMessagePolicy`,
		),
		...validatePorts(container.ports ?? [], `${field}.ports`),
		...validateEnvironment(container, field),
		...validateVolumeMounts(container, volumes, `${field}.volumeMounts`),
		...validateVolumeDevices(container, volumes, `${field}.volumeDevices`),
		...validateChoice(
			container.imagePullPolicy,
			['Always', 'IfNotPresent', 'Never'],
			`${field}.imagePullPolicy`,
		),
		...validateResources(resources, claims, `${field}.resources`),
		...validateResizePolicy(resizePolicy, spec.restartPolicy, `${field}.resizePolicy`),
		...validateSecurityContext(container.securityContext, spec.hostUsers ?? true, `${field}.securityContext`),
	];
}

function validatePorts(ports: readonly ContainerPort[], field: string): FieldError[] {
	const names = new Set<string>();
	return ports.flatMap((port, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		if (port.name) {
			const faults = portName(port.name);
			errors.push(...faults.map((fault) => invalidValue(`${at}.name`, port.name, fault)));
			if (faults.length === 0 && names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
			names.add(port.name);
		}
		if (!port.containerPort) errors.push(required(`${at}.containerPort`));
		else
			for (const fault of portNumber(port.containerPort))
				errors.push(invalidValue(`${at}.containerPort`, port.containerPort, fault));
		if (port.hostPort)
			for (const fault of portNumber(port.hostPort))
				errors.push(invalidValue(`${at}.hostPort`, port.hostPort, fault));
		return [...errors, ...validateChoice(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`)];
	});
}

/** A port of the node is taken once. */
function validateHostPorts(containers: readonly Container[], field: string): FieldError[] {
	const taken = new Set<string>();
	return containers.flatMap(({ ports = [] }, container) =>
		ports.flatMap(({ protocol, hostIP = '', hostPort }, index) => {
			if (!hostPort) return [];
			const identity = `${protocol}/${hostIP}/${hostPort}`;
			if (taken.has(identity))
				return [duplicate(`${field}[${container}].ports[${index}].hostPort`, identity)];
			taken.add(identity);
			return [];
		}),
	);
}

/** On its node's network a pod's ports are the node's. A template may leave that to be filled in later. */
export const validateHostNetworkPorts = (spec: PodSpec, isPod: boolean, field: string): FieldError[] =>
	!spec.hostNetwork
		? []
		: spec.containers.flatMap(({ ports = [] }, container) =>
				ports.flatMap(({ hostPort = 0, containerPort }, index) =>
					(isPod || hostPort !== 0) && hostPort !== containerPort
						? [
								invalidValue(
									`${field}.containers[${container}].ports[${index}].hostPort`,
									hostPort,
									'must match `containerPort` when `hostNetwork` is true',
								),
							]
						: [],
				),
			);
