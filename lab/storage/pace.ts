// How long storage takes for what it does, in milliseconds; the clock shortens it where it is told to.

export const provisionMs = 300;
export const deleteMs = 300;
export const attachMs = 200;
export const detachMs = 200;
export const resizeMs = 500;
