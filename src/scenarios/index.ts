export { SCENARIOS } from './lessons.js'
export type { Desk, Scenario } from './scenario.js'
export { openDesk } from './scenario.js'
