// The selectors of services and nodes: labels that must all be there.

type Labels = Readonly<Record<string, string>>;

/** Whether labels contain all of the wanted ones. */
export function matchesLabels(wanted: Labels, labels: Labels = {}): boolean {
	return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
