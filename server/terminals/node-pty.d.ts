// The package is an alias of @lydell/node-pty, whose declarations name only that package.
/// <reference types="@lydell/node-pty/node-pty.d.ts" />
declare module 'node-pty' {
	export * from '@lydell/node-pty';
}
