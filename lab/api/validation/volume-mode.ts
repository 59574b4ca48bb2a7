// Whether a volume is a file system or a raw device.
import { type FieldError, notSupported } from '../field-errors.ts';

const supported = ['Block', 'Filesystem'];

export const validateVolumeMode = (mode: string | undefined, field: string): FieldError[] =>
	mode === undefined || supported.includes(mode) ? [] : [notSupported(field, mode, supported)];
