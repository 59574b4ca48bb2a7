// $(NAME) in commands, arguments and variables (kubernetes.io/docs/tasks/inject-data-application).

/** In characters: what Linux takes as one argument or variable (execve(2), MAX_ARG_STRLEN). */
const longest = 128 * 1024;

/**
 * Replaces `$(NAME)` where the variable is known, and `$$` by `$`; the rest stays as it is. Throws where it gets
 * longer than a program can be given: variables that name each other twice double with each.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
	let length = text.length;
	return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, escaped: string, name: string) => {
		if (escaped === '$') return '$';
		const value = variables.get(name) ?? whole;
		length += value.length - whole.length;
		if (length > longest)
			throw new Error(`argument list too long: $(${name}) makes a value longer than ${longest} characters`);
		return value;
	});
}
