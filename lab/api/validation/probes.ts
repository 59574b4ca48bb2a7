// What probes and lifecycle hooks may be.
import type {
	HTTPGetAction,
	Lifecycle,
	LifecycleHandler,
	Probe,
	TCPSocketAction,
} from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { notNegative } from './metadata.ts';
import { headerName, portName, portNumber } from './names.ts';

interface Handler {
	exec?: { command?: string[] };
	httpGet?: HTTPGetAction;
	tcpSocket?: TCPSocketAction;
	grpc?: { port: number };
	sleep?: { seconds: number };
}

export function validateProbe(
	probe: Probe | undefined,
	kind: 'liveness' | 'readiness' | 'startup',
	field: string,
): FieldError[] {
	if (!probe) return [];
	const errors = validateHandler(probe, field);
	for (const part of [
		'initialDelaySeconds',
		'timeoutSeconds',
		'periodSeconds',
		'successThreshold',
		'failureThreshold',
	] as const)
		if ((probe[part] ?? 0) < 0) errors.push(invalidValue(`${field}.${part}`, probe[part], notNegative));
	const grace = probe.terminationGracePeriodSeconds;
	if (grace !== undefined && grace <= 0)
		errors.push(invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
	if (grace !== undefined && kind === 'readiness')
		errors.push(
			invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'),
		);
	if (kind !== 'readiness' && probe.successThreshold !== 1)
		errors.push(invalidValue(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
	return errors;
}

/** `grace` is the pod's termination grace period, which a preStop sleep must fit into. */
export function validateLifecycle(
	lifecycle: Lifecycle | undefined,
	grace: number,
	field: string,
): FieldError[] {
	const hooks: [string, LifecycleHandler | undefined][] = [
		['postStart', lifecycle?.postStart],
		['preStop', lifecycle?.preStop],
	];
	return hooks.flatMap(([name, hook]) => {
		if (!hook) return [];
		const errors = validateHandler(hook, `${field}.${name}`);
		if (hook.sleep && (hook.sleep.seconds < 0 || hook.sleep.seconds > grace))
			errors.push(
				invalidValue(
					`${field}.${name}.sleep`,
					hook.sleep.seconds,
					`must be non-negative and less than terminationGracePeriodSeconds (${grace})`,
				),
			);
		return errors;
	});
}

function validateHandler(handler: Handler, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const given = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((each) => handler[each]);
	for (const extra of given.slice(1))
		errors.push(forbiddenField(`${field}.${extra}`, 'may not specify more than 1 handler type'));
	switch (given[0]) {
		case 'exec':
			if (!handler.exec?.command?.length) errors.push(required(`${field}.exec.command`));
			break;
		case 'httpGet': {
			const action = handler.httpGet as HTTPGetAction;
			if (!action.path) errors.push(required(`${field}.httpGet.path`));
			errors.push(...validatePort(action.port, `${field}.httpGet.port`));
			if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS')
				errors.push(notSupported(`${field}.httpGet.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS']));
			for (const { name } of action.httpHeaders ?? [])
				errors.push(
					...headerName(name).map((fault) => invalidValue(`${field}.httpGet.httpHeaders`, name, fault)),
				);
			break;
		}
		case 'tcpSocket':
			errors.push(...validatePort((handler.tcpSocket as TCPSocketAction).port, `${field}.tcpSocket.port`));
			break;
		case 'grpc':
			errors.push(...validatePort(handler.grpc?.port ?? 0, `${field}.grpc.port`));
			break;
		case undefined:
			errors.push(required(field, 'must specify a handler type'));
	}
	return errors;
}

function validatePort(port: number | string, field: string): FieldError[] {
	const faults = typeof port === 'number' ? portNumber(port) : portName(port);
	return faults.map((fault) => invalidValue(field, port, fault));
}
