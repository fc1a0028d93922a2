import { expect, test } from 'vitest'
import { partial } from '../../../support/typed.js'
import type { Pod } from '../../../../src/api/core/generated.js'
import { podColumns } from '../../../../src/api/core/pods/pod-columns.js'

const always = { restartPolicy: 'Always' }

function status(name: string, state: object, parts: object = {}): object {
  return { name, state, ready: false, restartCount: 1, lastState: {}, ...parts }
}

/** READY, STATUS and RESTARTS of a pod with the init containers a, b and the container c. */
function shown(initContainers: readonly object[], statuses: object): readonly unknown[] {
  const pod = partial<Pod>({
    metadata: { name: 'p' },
    spec: { initContainers, containers: [{ name: 'c' }] },
    status: statuses,
  })
  return podColumns.slice(1, 4).map(({ cell }) => cell(pod, 0))
}

const running = { running: {} }
const failed = { terminated: { exitCode: 1, reason: 'Error' } }
const done = { terminated: { exitCode: 0, reason: 'Completed' } }

test('init containers after the first that is not done do not count', () => {
  const initContainers = [{ name: 'a' }, { name: 'b', ...always }]
  const second = status('b', running, { started: true, ready: true })
  expect(shown(initContainers, { initContainerStatuses: [status('a', failed), second] })).toEqual([
    '0/2',
    'Init:Error',
    '1',
  ])
  expect(shown(initContainers, { initContainerStatuses: [status('a', done), second] })).toEqual([
    '1/2',
    '',
    '1',
  ])
})

test('a running container beside a failed one makes the pod not ready', () => {
  const containerStatuses = [status('c', running, { ready: true }), status('d', done)]
  const ready = (value: string): object => ({
    containerStatuses,
    conditions: [{ type: 'Ready', status: value }],
  })
  expect([shown([], ready('True'))[1], shown([], ready('False'))[1]]).toEqual(['Running', 'NotReady'])
})
