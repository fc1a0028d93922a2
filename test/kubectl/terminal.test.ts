import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const ESC = '\u001B'

test('what would move a terminal is shown, not sent, by get, describe and events', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('events', {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
    reason: `R${ESC}[2J`,
    message: `gone${ESC}[1A\rclean`,
    type: 'Warning',
  })
  cluster.create('configmaps', {
    metadata: { name: 'm', annotations: { a: `x${ESC}]0;y` } },
    data: { k: `v${ESC}[31m\r` },
  })
  const outputs = ['get events', 'events', 'describe configmap m', 'get events -o wide'].map(
    (line) => cluster.kubectl(line).stdout,
  )
  expect(outputs.filter((text) => text.includes(ESC))).toEqual([])
  expect(outputs[0]).toContain('^[')
  expect(outputs[1]).toContain(String.raw`gone^[[1A\rclean`)
  expect(outputs[2]).toContain(String.raw`v^[[31m\r`)
})
