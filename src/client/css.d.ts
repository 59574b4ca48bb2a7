// Style sheets are imported for their effect; the site's bundler links them.
declare module '*.css';
