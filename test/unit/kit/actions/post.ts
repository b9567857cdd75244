import './life.ts';
