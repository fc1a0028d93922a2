import fc from 'fast-check'

/**
 * One seed for every property: a red run here is a red run everywhere, and a green run proves the same cases.
 */
fc.configureGlobal({ seed: 20261124 })
