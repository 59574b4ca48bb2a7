// Label selectors as objects carry them (kubernetes.io/docs/concepts/overview/working-with-objects/labels).
import type { LabelSelector, LabelSelectorRequirement } from '../schema/types.ts';

type Labels = Readonly<Record<string, string>>;

function meets(labels: Labels, { key, operator, values = [] }: LabelSelectorRequirement): boolean {
	const present = Object.hasOwn(labels, key);
	switch (operator) {
		case 'In':
			return present && values.includes(labels[key]);
		case 'NotIn':
			return !present || !values.includes(labels[key]);
		case 'Exists':
			return present;
		case 'DoesNotExist':
			return !present;
		default:
			return false;
	}
}

/** Whether labels satisfy a selector. An absent selector matches nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
	if (!selector) return false;
	return (
		matchesLabels(selector.matchLabels ?? {}, labels) &&
		(selector.matchExpressions ?? []).every((requirement) => meets(labels, requirement))
	);
}

/** Whether labels contain all of the wanted ones, as a service's selector asks. */
export function matchesLabels(wanted: Labels, labels: Labels = {}): boolean {
	return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
