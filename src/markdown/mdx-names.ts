// `{replicas}` in MDX is a JavaScript expression, `<Replicas>` a component: both parse, and would only fail when the
// page is rendered.
import type { Node } from 'estree';
import type { Root, RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Source } from '../course/source.ts';

/** What MDX itself gives to expressions, besides JavaScript's own names. */
const given = ['props', 'frontmatter'];

/** Throws a SourceError for an expression or an element that begins with a name that nothing in the chapter defines. */
export function refuseUnknownNames(tree: Root, source: Source): void {
	const defined = new Set([...given, ...tree.children.flatMap(definedBy)]);
	visit(tree, (node) => {
		if (node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') {
			const component = /^[A-Z]\w*/.exec(node.name ?? '')?.[0];
			if (component === undefined || defined.has(component)) return;
			throw source.error(
				node,
				`“<${node.name}>” is a component in MDX, and nothing here imports \`${component}\`.`,
				`Import it at the top of the chapter, or put it into a code span, \`\` \`<${node.name}>\` \`\`.`,
			);
		}
		if (node.type !== 'mdxTextExpression' && node.type !== 'mdxFlowExpression') return;
		const [statement] = node.data?.estree?.body ?? [];
		const name = statement?.type === 'ExpressionStatement' ? firstName(statement.expression) : undefined;
		if (name === undefined || defined.has(name) || name in globalThis) return;
		const written = source.textOf(node);
		throw source.error(
			node,
			`“${written}” is a JavaScript expression in MDX, and nothing here defines \`${name}\`.`,
			`Put it into a code span, \`\` \`${written}\` \`\`, or write \`\\{\`.`,
		);
	});
}

/** The name that an expression is, or that its members or call begin with. */
function firstName(expression: Node): string | undefined {
	if (expression.type === 'Identifier') return expression.name;
	if (expression.type === 'MemberExpression') return firstName(expression.object);
	return expression.type === 'CallExpression' ? firstName(expression.callee) : undefined;
}

function definedBy(node: RootContent): string[] {
	if (node.type !== 'mdxjsEsm') return [];
	return (node.data?.estree?.body ?? []).flatMap((statement) => {
		if (statement.type === 'ImportDeclaration') return statement.specifiers.map(({ local }) => local.name);
		if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return [];
		const { declaration } = statement;
		if (declaration.type !== 'VariableDeclaration') return [declaration.id.name];
		return declaration.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
	});
}
