import type { VolumeMount } from '../../schema/types.ts';
import { type FieldError, invalidValue, notFoundValue, required } from '../field-errors.ts';
import { validateRelativePath } from './volumes.ts';

/** What a container's mounts may be: of volumes that there are, each at a path of its own. */
export function validateVolumeMounts(
	mounts: readonly VolumeMount[],
	volumes: ReadonlySet<string>,
	field: string,
): FieldError[] {
	const paths = new Set<string>();
	return mounts.flatMap((mount, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		if (!mount.name) errors.push(required(`${at}.name`));
		if (!volumes.has(mount.name)) errors.push(notFoundValue(`${at}.name`, mount.name));
		if (!mount.mountPath) errors.push(required(`${at}.mountPath`));
		if (paths.has(mount.mountPath))
			errors.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
		paths.add(mount.mountPath);
		if (mount.subPath && mount.subPathExpr)
			errors.push(
				invalidValue(
					`${at}.subPathExpr`,
					mount.subPathExpr,
					'subPathExpr and subPath are mutually exclusive',
				),
			);
		if (mount.subPath) errors.push(...validateRelativePath(mount.subPath, `${at}.subPath`));
		if (mount.subPathExpr) errors.push(...validateRelativePath(mount.subPathExpr, `${at}.subPathExpr`));
		return errors;
	});
}
