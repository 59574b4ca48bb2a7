// What a pod's containers may be, init containers and ephemeral ones included.
import { canonicalQuantity, compareQuantities } from '../../schema/quantity.ts';
import type { Container, ContainerPort, EnvVar, PodSpec } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { validateChoice } from './metadata.ts';
import { dnsLabel, environmentVariableName, portName, portNumber, qualifiedName } from './names.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import { validateVolumeMounts } from './volume-mounts.ts';

/** `volumes` are the names that mounts may name. */
export function validateContainers(spec: PodSpec, field: string, volumes: ReadonlySet<string>): FieldError[] {
	const errors: FieldError[] = [];
	const names = new Set<string>();
	const hostPorts = new Set<string>();
	if (!spec.containers?.length) errors.push(required(`${field}.containers`));
	(spec.containers ?? []).forEach((container, index) => {
		const at = `${field}.containers[${index}]`;
		errors.push(...validateContainer(container, spec, at, names, volumes, hostPorts));
		const grace = spec.terminationGracePeriodSeconds ?? 30;
		errors.push(...validateLifecycle(container.lifecycle, grace, `${at}.lifecycle`));
		errors.push(...validateProbe(container.livenessProbe, 'liveness', `${at}.livenessProbe`));
		errors.push(...validateProbe(container.readinessProbe, 'readiness', `${at}.readinessProbe`));
		errors.push(...validateProbe(container.startupProbe, 'startup', `${at}.startupProbe`));
	});
	(spec.initContainers ?? []).forEach((container, index) => {
		const at = `${field}.initContainers[${index}]`;
		errors.push(...validateContainer(container, spec, at, names, volumes, hostPorts));
		if (container.restartPolicy === 'Always') return;
		for (const probe of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
			if (container[probe])
				errors.push(
					forbiddenField(`${at}.${probe}`, 'may not be set for init containers without restartPolicy=Always'),
				);
	});
	return errors;
}

/** On update only the images of containers are looked at. */
export function validateContainerImages(spec: PodSpec, field: string): FieldError[] {
	return (['containers', 'initContainers'] as const).flatMap((list) =>
		(spec[list] ?? []).flatMap((container, index) =>
			validateImage(container.image, `${field}.${list}[${index}].image`),
		),
	);
}

function validateImage(image: string | undefined, field: string): FieldError[] {
	if (!image) return [required(field)];
	return image === image.trim()
		? []
		: [invalidValue(field, image, 'must not have leading or trailing whitespace')];
}

function validateContainer(
	container: Container,
	spec: PodSpec,
	field: string,
	names: Set<string>,
	volumes: ReadonlySet<string>,
	hostPorts: Set<string>,
): FieldError[] {
	const errors: FieldError[] = [];
	if (!container.name) errors.push(required(`${field}.name`));
	else
		errors.push(
			...dnsLabel(container.name).map((fault) => invalidValue(`${field}.name`, container.name, fault)),
		);
	if (container.name && names.has(container.name)) errors.push(duplicate(`${field}.name`, container.name));
	names.add(container.name);
	errors.push(...validateImage(container.image, `${field}.image`));
	errors.push(
		...validateChoice(
			container.terminationMessagePolicy,
			['FallbackToLogsOnError', 'File'],
			`${field}.terminationMessagePolicy`,
		),
	);
	errors.push(...validatePorts(container.ports ?? [], spec, `${field}.ports`, hostPorts));
	errors.push(...validateEnvironment(container, field));
	errors.push(...validateVolumeMounts(container.volumeMounts ?? [], volumes, `${field}.volumeMounts`));
	errors.push(
		...validateChoice(
			container.imagePullPolicy,
			['Always', 'IfNotPresent', 'Never'],
			`${field}.imagePullPolicy`,
		),
	);
	errors.push(...validateResources(container, `${field}.resources`));
	for (const name of ['runAsUser', 'runAsGroup'] as const) {
		const value = container.securityContext?.[name];
		if (value !== undefined && (value < 0 || value > 2 ** 31 - 1))
			errors.push(
				invalidValue(
					`${field}.securityContext.${name}`,
					value,
					'must be between 0 and 2147483647, inclusive',
				),
			);
	}
	return errors;
}

function validatePorts(
	ports: readonly ContainerPort[],
	spec: PodSpec,
	field: string,
	hostPorts: Set<string>,
): FieldError[] {
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
		if (port.hostPort) {
			for (const fault of portNumber(port.hostPort))
				errors.push(invalidValue(`${at}.hostPort`, port.hostPort, fault));
			if (spec.hostNetwork && port.hostPort !== port.containerPort)
				errors.push(
					invalidValue(
						`${at}.containerPort`,
						port.containerPort,
						'must match `hostPort` when `hostNetwork` is true',
					),
				);
			const identity = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
			if (hostPorts.has(identity)) errors.push(duplicate(`${at}.hostPort`, identity));
			hostPorts.add(identity);
		}
		return [...errors, ...validateChoice(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`)];
	});
}

function validateEnvironment(container: Container, field: string): FieldError[] {
	const errors: FieldError[] = (container.env ?? []).flatMap((variable, index) => {
		const at = `${field}.env[${index}]`;
		return [
			...(variable.name
				? environmentVariableName(variable.name).map((fault) =>
						invalidValue(`${at}.name`, variable.name, fault),
					)
				: [required(`${at}.name`)]),
			...validateValueSource(variable, `${at}.valueFrom`),
		];
	});
	(container.envFrom ?? []).forEach((source, index) => {
		const at = `${field}.envFrom[${index}]`;
		const { configMapRef, secretRef, prefix } = source;
		if (prefix)
			errors.push(
				...environmentVariableName(prefix).map((fault) => invalidValue(`${at}.prefix`, prefix, fault)),
			);
		if (!configMapRef && !secretRef)
			errors.push(invalidValue(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
		else if (configMapRef && secretRef)
			errors.push(invalidValue(at, '', 'may not have more than one field specified at a time'));
		if (configMapRef && !configMapRef.name) errors.push(required(`${at}.configMapRef.name`));
		if (secretRef && !secretRef.name) errors.push(required(`${at}.secretRef.name`));
	});
	return errors;
}

const fieldPaths = [
	'metadata.name',
	'metadata.namespace',
	'metadata.uid',
	'spec.nodeName',
	'spec.serviceAccountName',
	'status.hostIP',
	'status.hostIPs',
	'status.podIP',
	'status.podIPs',
];

function validateValueSource(variable: EnvVar, field: string): FieldError[] {
	const source = variable.valueFrom;
	if (!source) return [];
	const errors: FieldError[] = [];
	const given = Object.values(source).filter((each) => each !== undefined);
	const { fieldRef, secretKeyRef, configMapKeyRef } = source;
	if (fieldRef) {
		const path = fieldRef.fieldPath;
		const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
		if (!path) errors.push(required(`${field}.fieldRef.fieldPath`));
		else if (keyed)
			for (const fault of qualifiedName(keyed[2]))
				errors.push(invalidValue(`${field}.fieldRef`, keyed[2], fault));
		else if (!fieldPaths.includes(path))
			errors.push(
				path.startsWith('metadata.labels') || path.startsWith('metadata.annotations')
					? notSupported(`${field}.fieldRef.fieldPath`, path, fieldPaths)
					: invalidValue(
							`${field}.fieldRef.fieldPath`,
							path,
							`error converting fieldPath: field label not supported: ${path}`,
						),
			);
	}
	for (const [name, reference] of [
		['configMapKeyRef', configMapKeyRef],
		['secretKeyRef', secretKeyRef],
	] as const) {
		if (!reference) continue;
		if (!reference.name) errors.push(required(`${field}.${name}.name`));
		if (!reference.key) errors.push(required(`${field}.${name}.key`));
	}
	if (given.length === 0)
		errors.push(
			invalidValue(
				field,
				'',
				'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
			),
		);
	else if (variable.value)
		errors.push(invalidValue(field, '', 'may not be specified when `value` is not empty'));
	else if (given.length > 1)
		errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
	return errors;
}

const standardResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

function validateResources(container: Container, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const { limits = {}, requests = {} } = container.resources ?? {};
	for (const [list, quantities] of [
		['limits', limits],
		['requests', requests],
	] as const)
		for (const [name, quantity] of Object.entries(quantities)) {
			if (!name.includes('/') && !standardResources.has(name) && !name.startsWith('hugepages-'))
				errors.push(
					invalidValue(`${field}.${list}`, name, 'must be a standard resource type or fully qualified'),
				);
			else
				for (const fault of qualifiedName(name)) errors.push(invalidValue(`${field}.${list}`, name, fault));
			if (quantity.startsWith('-'))
				errors.push(
					invalidValue(`${field}.${list}[${name}]`, quantity, 'must be greater than or equal to 0'),
				);
		}
	for (const [name, request] of Object.entries(requests)) {
		const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
		if (limit !== undefined && compareQuantities(request, limit) > 0)
			errors.push(
				invalidValue(
					`${field}.requests`,
					canonicalQuantity(request),
					`must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`,
				),
			);
	}
	return errors;
}
