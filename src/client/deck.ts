// The deck: what it needs at once.
import './controls.css';
import './exercise.css';
import './terminals.css';
import './slides.css';
import './deck.css';
import { SlidecarDeck } from './deck-element.ts';
import { defineExercises } from './exercises.ts';
import { SlidecarTerminals } from './terminals-element.ts';
import { followTheme, printLight } from './theme.ts';

customElements.define('slidecar-terminals', SlidecarTerminals);
defineExercises();
customElements.define('slidecar-deck', SlidecarDeck);
followTheme();
printLight();
