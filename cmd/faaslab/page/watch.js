import { make } from './dom.js';
export function mount(root) { root.append(make('p', {}, '…')); return { update() {}, unmount() {} }; }
