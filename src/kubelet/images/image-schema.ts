import { portNumberFaults } from '../../api/validation/names.js'
import * as z from 'zod/mini'
import { imageNameFault } from '../../api/core/pods/image-name.js'
import {
  anyObject,
  callable,
  flag,
  implementing,
  inputCheck,
  like,
  ruled,
  shaped,
  strict,
  text,
  word,
} from '../../api/checked-input.js'
import type { ContainerBehavior } from '../runtime/behavior.js'
import type { ImageBehavior, ImageContext, ImageDefinition } from './image.js'

const wholeNumber = z
  .number()
  .check(
    z.refine((value) => Number.isSafeInteger(value) && value >= 0, 'must be a whole number, zero or more'),
  )
const count = z.optional(wholeNumber)
const exitCode = z.optional(wholeNumber.check(z.refine((code) => code <= 255, 'must be at most 255')))
const amount = z.optional(z.number().check(z.gte(0)))
const texts = z.optional(z.array(z.string()))
const line = z.optional(z.string())

const behaviorShape = {
  pullTime: count,
  pullError: like("{ pullError: 'manifest unknown' }", line.clone()),
  imageSize: count,
  startTime: count,
  startError: line,
  exitCode: like('{ exitCode: 1, exitAfter: 5000 }', exitCode.clone()),
  exitAfter: count,
  exitReason: line,
  exitMessage: line,
  ignoresSigterm: flag,
  stopTime: count,
  stopExitCode: exitCode,
  cpu: amount,
  memory: amount,
  storage: amount,
  isPrivate: flag,
}

/** The schema of what a container does. */
export const behaviorSchema = (): z.ZodMiniType<ContainerBehavior> => strict<ContainerBehavior>(behaviorShape)

const imageName = (): z.ZodMiniType<string> =>
  text.check(
    ruled((name) => {
      const fault = imageNameFault(name)
      return fault === undefined ? undefined : `is not a valid image name: ${fault}`
    }),
  )

const portOf = (): z.ZodMiniType<string | number> =>
  z.union([z.number(), z.string()]).check(
    ruled((wanted) => {
      const [, number] = /^(\d+)(?:\/(?:TCP|UDP|SCTP))?$/.exec(String(wanted)) ?? []
      return portNumberFaults(Number(number ?? 0)).length === 0
        ? undefined
        : "must be a port such as 8080 or '53/UDP'"
    }),
  )

const definitionSchema = (): z.ZodMiniType<ImageDefinition> =>
  strict<ImageDefinition>({
    ...behaviorShape,
    name: like("defineImage({ name: 'registry.example.com/app:1', ports: [8080] })", imageName()),
    user: line,
    env: z.optional(z.record(z.string(), z.string())),
    entrypoint: texts,
    cmd: texts,
    argumentsAre: z.optional(z.enum(['command', 'flags or command', 'arguments or command'])),
    workingDir: word,
    ports: z.optional(z.array(portOf())),
    listensOnDeclared: flag,
    files: z.optional(z.record(z.string(), z.string())),
    commands: shaped<ImageDefinition['commands']>(z.optional(z.record(z.string(), anyObject()))),
    programs: texts,
    closed: flag,
    distroless: flag,
    logs: z.optional(
      z.union([z.array(z.string()), callable<(context: ImageContext) => readonly string[]>()]),
    ),
    page: line,
    documentRoot: word,
    behavior: shaped<ImageDefinition['behavior']>(
      z.optional(
        implementing<ImageBehavior>({
          start: z.optional(callable<NonNullable<ImageBehavior['start']>>()),
          request: z.optional(callable<NonNullable<ImageBehavior['request']>>()),
          signal: z.optional(callable<NonNullable<ImageBehavior['signal']>>()),
          tick: z.optional(callable<NonNullable<ImageBehavior['tick']>>()),
          exec: z.optional(callable<NonNullable<ImageBehavior['exec']>>()),
        }),
      ),
    ),
  })

/** The schema of an image: a simple behaviour, or a definition, which has a name. */
export function imageSchema(): z.ZodMiniType<ContainerBehavior | ImageDefinition> {
  return z.union([behaviorSchema(), definitionSchema()])
}

/** The schema of images by name. A key is the name of a simple behaviour; a definition has a name itself. */
export function imagesSchema(): z.ZodMiniType<
  Readonly<Record<string, ContainerBehavior | ImageDefinition>> | undefined
> {
  const images = z.record(text as z.ZodMiniString, imageSchema())
  return z.optional(
    images.check((payload) => {
      for (const [key, image] of Object.entries(payload.value)) {
        const fault = 'name' in image ? undefined : imageNameFault(key)
        if (fault === undefined) continue
        const message = `is not a valid image name: ${fault}`
        payload.issues.push({ code: 'custom', path: [key], input: key, message })
      }
    }),
  )
}

/** Checks what `defineImage` is given. */
export const checkDefinition: (definition: unknown) => void = inputCheck(
  'defineImage()',
  "defineImage({ name: 'registry.example.com/app:1', ports: [8080] })",
  definitionSchema,
)
