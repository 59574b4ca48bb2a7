// A name that is a part of a URL's path (k8s.io/apimachinery/pkg/api/validation/path).
import type { NameRule } from './names.ts';

/** Faults of a name that a path is to contain. */
export const pathSegment: NameRule = (name) => {
	if (name === '.' || name === '..') return [`may not be '${name}'`];
	return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
};
