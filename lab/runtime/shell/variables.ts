// The variables of a shell, with the scopes that `local` and temporary assignments make.

/** An array's elements by their subscript, a number as such where the array is indexed. */
export type Elements = Map<number | string, string>;

export interface Variable {
	value: string | undefined;
	exported: boolean;
	readOnly: boolean;
	/** bash's array; `value` is its element 0 then. */
	elements?: Elements;
	/** Whether the array's keys are texts (declare -A) rather than numbers. */
	associative?: boolean;
}

export class ReadOnlyVariable extends Error {
	readonly variable: string;
	constructor(name: string) {
		super(`${name}: is read only`);
		this.variable = name;
	}
}

/** What an element of an array takes. */
const elementBytes = 64;
/** A change of size below this is not accounted as memory. */
const accountedBytes = 16 * 1024;

export class Variables {
	#all: Map<string, Variable>;
	/** What `local` has hidden, innermost last. */
	readonly #scopes: Map<string, Variable | undefined>[] = [];
	/** Told of memory that values take or give back, in bytes. */
	allocate: (bytes: number) => void = () => {};

	constructor(all: Map<string, Variable> = new Map()) {
		this.#all = all;
	}

	/** Independent variables with the same values, as a subshell has. */
	copy(): Variables {
		const copies = [...this.#all].map(([name, variable]): [string, Variable] => [
			name,
			{ ...variable, elements: variable.elements && new Map(variable.elements) },
		]);
		const copy = new Variables(new Map(copies));
		for (const scope of this.#scopes) copy.#scopes.push(new Map(scope));
		return copy;
	}

	find(name: string): Variable | undefined {
		return this.#all.get(name);
	}

	get(name: string): string | undefined {
		return this.#all.get(name)?.value;
	}

	names(): string[] {
		return [...this.#all.keys()].sort();
	}

	/** Assigns; throws ReadOnlyVariable. */
	set(name: string, value: string): Variable {
		const variable = this.#writable(name);
		const growth = 2 * (value.length - (variable.value?.length ?? 0));
		if (Math.abs(growth) > accountedBytes) this.allocate(growth);
		variable.value = value;
		variable.elements?.set(0, value);
		return variable;
	}

	setElements(name: string, elements: Elements): void {
		const variable = this.#writable(name);
		const growth = elements.size - (variable.elements?.size ?? 0);
		if (growth !== 0) this.allocate(growth * elementBytes);
		variable.elements = elements;
		variable.value = elements.get(0);
	}

	declare(name: string, change: { exported?: boolean; readOnly?: boolean; associative?: boolean }): void {
		const variable = this.#all.get(name) ?? this.#add(name);
		Object.assign(variable, change);
	}

	unset(name: string): void {
		if (this.#all.get(name)?.readOnly) throw new ReadOnlyVariable(name);
		this.#all.delete(name);
	}

	/** What a program that is started gets. */
	environment(): Map<string, string> {
		const environment = new Map<string, string>();
		for (const [name, { exported, value }] of this.#all)
			if (exported && value !== undefined) environment.set(name, value);
		return environment;
	}

	enterScope(): void {
		this.#scopes.push(new Map());
	}

	leaveScope(): void {
		for (const [name, before] of this.#scopes.pop() ?? []) {
			if (before) this.#all.set(name, before);
			else this.#all.delete(name);
		}
	}

	get inScope(): boolean {
		return this.#scopes.length > 0;
	}

	/** Hides a variable until the scope is left; it keeps its value where `inherit`. */
	local(name: string, inherit: boolean): void {
		const scope = this.#scopes.at(-1);
		if (!scope || scope.has(name)) return;
		const before = this.#all.get(name);
		if (before?.readOnly) throw new ReadOnlyVariable(name);
		scope.set(name, before);
		if (before && inherit) this.#all.set(name, { ...before });
		else this.#all.set(name, { value: undefined, exported: before?.exported ?? false, readOnly: false });
	}

	#writable(name: string): Variable {
		const variable = this.#all.get(name) ?? this.#add(name);
		if (variable.readOnly) throw new ReadOnlyVariable(name);
		return variable;
	}

	#add(name: string): Variable {
		const variable: Variable = { value: undefined, exported: false, readOnly: false };
		this.#all.set(name, variable);
		return variable;
	}
}
