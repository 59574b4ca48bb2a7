// Kubernetes' own types as expressions are checked against them.
import type { Field, Shape, StructType } from '../../schema/facts.ts';

export type ObjectTypes = Map<string, Record<string, string>>;

/** The name of the type, which is put into `objects` with all that lie within it. */
export function declareStruct(struct: StructType, objects: ObjectTypes): string {
	const name = struct.name.replaceAll('-', '_');
	if (objects.has(name)) return name;
	const fields: Record<string, string> = {};
	objects.set(name, fields);
	for (const field of struct.fields.values()) fields[field.name] = typeOf(field, objects);
	return name;
}

const typeOf = ({ shape }: Field, objects: ObjectTypes) => typeOfShape(shape, objects);

function typeOfShape(shape: Shape, objects: ObjectTypes): string {
	switch (shape.kind) {
		case 'string':
		case 'double':
			return shape.kind;
		case 'boolean':
			return 'bool';
		case 'integer':
			return 'int';
		case 'bytes':
			return 'bytes';
		case 'time':
		case 'microtime':
			return 'google.protobuf.Timestamp';
		case 'array':
			return `list<${typeOfShape(shape.element, objects)}>`;
		case 'map':
			return `map<string, ${typeOfShape(shape.element, objects)}>`;
		case 'struct':
			return declareStruct(shape.type, objects);
		default:
			return 'dyn';
	}
}
