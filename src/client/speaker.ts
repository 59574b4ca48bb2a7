// The browser code of the speaker view.
