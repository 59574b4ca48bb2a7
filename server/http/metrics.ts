// /metrics in Prometheus' text format (version 0.0.4).

export interface Gauge {
	name: string;
	help: string;
	value: number;
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export function formatMetrics(gauges: readonly Gauge[]): string {
	return gauges
		.map(({ name, help, value }) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
		.join('');
}
