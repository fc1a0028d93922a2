import * as fc from 'fast-check'
import { netpolArbitraries, type NetpolArbitraries } from '../../src/testing/netpol/arbitraries.js'

const kit: NetpolArbitraries = netpolArbitraries(fc)

/** The kit's own arbitraries, over its own vocabulary. */
export const world: NetpolArbitraries['world'] = kit.world
export const options: NetpolArbitraries['options'] = kit.options
export const clusterWidePolicy: NetpolArbitraries['clusterPolicy'] = kit.clusterPolicy
export const connectionIn: NetpolArbitraries['connectionIn'] = kit.connectionIn
