import * as z from 'zod/mini'
import { duration, flag, inputCheck, text, word } from '../api/checked-input.js'
import { optionSchema } from '../cluster/compose/option-schema.js'

const kubectl = { kubeconfig: word, context: word, kubectl: word }
const connection = { ...kubectl, namespace: word, longestWait: z.optional(duration) }

/** Checks the options of `connect()`. */
export const checkConnect: (value: unknown) => void = inputCheck(
  'connect()',
  "await connect({ context: 'kind-kind', namespace: 'tests' })",
  () => z.strictObject(connection),
)

/** Checks the options of `clusters()`. */
export const checkClusters: (value: unknown) => void = inputCheck(
  'clusters()',
  "clusters({ simulated: { nodes: 3 }, real: { context: 'kind-kind' } })",
  () =>
    z.strictObject({ simulated: z.optional(optionSchema()), real: z.optional(z.strictObject(connection)) }),
)

/** Checks the options of `fromCluster()`. */
export const checkFrom: (value: unknown) => void = inputCheck(
  'fromCluster()',
  "await fromCluster({ context: 'kind-kind', namespaces: ['shop'] })",
  () =>
    z.strictObject({
      ...kubectl,
      namespaces: z.optional(z.array(text)),
      secrets: flag,
      options: z.optional(optionSchema()),
    }),
)

/** Checks the options of `recordCluster()`. */
export const checkRecord: (value: unknown) => void = inputCheck(
  'recordCluster()',
  "await record({ context: 'kind-kind', id: 'shop' })",
  () => z.strictObject({ ...kubectl, id: word }),
)
