// $(NAME) in commands, arguments and variables (kubernetes.io/docs/tasks/inject-data-application).

/** Replaces `$(NAME)` where the variable is known, and `$$` by `$`; the rest stays as it is. */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
	return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, escaped: string, name: string) => {
		if (escaped === '$') return '$';
		return variables.get(name) ?? whole;
	});
}
