import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { Container, EnvVar } from '../../../src/api/core/generated.js'
import { ApiObjects } from '../../../src/kubelet/pods/api-objects.js'
import { checkSubPaths, containerEnv } from '../../../src/kubelet/pods/container-env.js'
import { areTooLong, EXPANSION } from '../../../src/kubelet/runtime/processes/arg-max.js'
import { expanded, lookUp, referredNames } from '../../../src/kubelet/runtime/processes/expansion.js'
import { Budget } from '../../../src/lang/bounds/budget.js'

const MAIN: Container = {
  name: 'main',
  image: 'busybox',
  imagePullPolicy: 'Always',
  resources: {},
  terminationMessagePath: '',
  terminationMessagePolicy: 'File',
}
const TOO_LONG = 'argument list too long'

/** Runs a pod with these variables, and returns why its container waits. */
function started(container: Partial<Container>): string {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('pods', {
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'main', image: 'busybox', ...container } as Container] },
  })
  cluster.settle()
  const [status] = cluster.get('pods', 'a').status.containerStatuses ?? []
  const { waiting, running, lastState, terminated } = { ...status?.state, lastState: status?.lastState }
  const message = terminated?.message ?? lastState?.terminated?.message ?? waiting?.message ?? ''
  return running === undefined ? message : 'running'
}

const doubling = (levels: number): EnvVar[] =>
  Array.from({ length: levels }, (_, at) => ({
    name: `V${at}`,
    value: at === 0 ? 'xxxxxxxx' : `$(V${at - 1})$(V${at - 1})`,
  }))

describe('variables that refer to others', () => {
  test('start a container as long as Linux takes them', () => {
    expect(started({ command: ['sleep', '9'], env: doubling(12) })).toBe('running')
  })

  test.each([
    ['double 27 times', { env: doubling(27) }],
    ['double 2,000 times', { env: doubling(2_000) }],
    ['are repeated in the arguments', { env: doubling(12), args: Array(2_000).fill('$(V11)') as string[] }],
    ['are repeated in one argument', { env: doubling(12), args: ['$(V11)'.repeat(2_000)] }],
    ['are one variable of 128 KiB', { env: [{ name: 'A', value: 'x'.repeat(128 * 1024) }] }],
    [
      'are 40 of 100 kB',
      {
        env: Array.from({ length: 40 }, (_, at) => ({ name: `A${at}`, value: 'x'.repeat(25_000) })).concat([
          { name: 'B', value: Array.from({ length: 5 }, (_, at) => `$(A${at})`).join('') },
          ...Array.from({ length: 12 }, (_, at) => ({ name: `C${at}`, value: '$(B)' })),
        ]),
      },
    ],
  ])('end in the error of the runtime where they %s', (_, container) => {
    expect(started({ command: ['sleep', '9'], ...container })).toContain(TOO_LONG)
  })

  test('end so without a command, too', () => {
    expect(started({ env: doubling(27) })).toContain(TOO_LONG)
    expect(started({ env: [{ name: 'A', value: 'x'.repeat(200_000) }] })).toContain(TOO_LONG)
  })

  test('are resolved with one look at the services, however many they are', () => {
    const env = Array.from({ length: 2_000 }, (_, at) => ({ name: `V${at}`, value: '$(SERVICE)$(V0)' }))
    let looks = 0
    const pod = new SimCluster({ nodes: 0 }).create('pods', {
      metadata: { name: 'a' },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    })
    const container = { ...MAIN, env }
    const objects = new ApiObjects(new SimCluster({ nodes: 0 }).as({ user: 'a' }))
    const result = containerEnv(pod, container, {
      objects,
      serviceEnv: () => {
        looks++
        return { SERVICE: 'one' }
      },
    })
    expect(result['V1999']).toBe('oneone$(V0)')
    expect(looks).toBe(1)
  })

  test('make no path that Linux does not take', () => {
    const mounts = [{ name: 'data', mountPath: '/data', subPathExpr: '$(A)'.repeat(1_000) }]
    const container = { ...MAIN, volumeMounts: mounts }
    expect(() => checkSubPaths(container, { A: 'x'.repeat(100) })).toThrow(
      'failed to create subPath directory for volumeMount "data" of container "main"',
    )
  })
})

describe('$(NAME)', () => {
  const pattern = /\$\$|\$\(([^)]*)\)/g
  const text = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', 'B'), maxLength: 20 })

  test('is replaced as by a pattern that looks again at each place', () => {
    const env = { A: '1', AB: '$(A)', '': 'none' }
    fc.assert(
      fc.property(text, (given) => {
        const wanted = given.replaceAll(pattern, (all, name: string | undefined) =>
          name === undefined ? '$' : (lookUp(env)(name) ?? all),
        )
        expect(expanded(given, lookUp(env), new Budget(EXPANSION))).toBe(wanted)
        const names = Array.from(given.matchAll(pattern)).flatMap(([, name]) => name ?? [])
        expect(referredNames(given)).toEqual(names)
      }),
    )
  })

  test('without an end is read once, however often it begins', () => {
    // a pattern would look at the rest of the text from each beginning: the square of 1.5 million
    const given = '$('.repeat(750_000)
    expect(expanded(given, () => '', new Budget(EXPANSION))).toBe(given)
  })
})

test('what Linux takes is counted in bytes', () => {
  expect(areTooLong(['x'.repeat(128 * 1024 - 1)], {})).toBe(false)
  expect(areTooLong(['x'.repeat(128 * 1024)], {})).toBe(true)
  expect(areTooLong([], { A: '가'.repeat(44_000) })).toBe(true)
  expect(areTooLong(Array(20).fill('x'.repeat(100_000)) as string[], {})).toBe(false)
  expect(areTooLong(Array(21).fill('x'.repeat(100_000)) as string[], {})).toBe(true)
})
