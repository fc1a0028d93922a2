import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../src/server/http/free-port.js'
import { etcdInstalled, RealEtcd } from './real-etcd.js'

let taker: Server
let taken: number

beforeAll(async () => {
  taker = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => taker.listen(0, '127.0.0.1', resolve))
  taken = (taker.address() as AddressInfo).port
})

afterAll(() => void taker.close())

test.skipIf(!etcdInstalled())('etcd starts on other ports when one has been taken', async () => {
  const ports = [taken, await freePort('127.0.0.1'), await freePort('127.0.0.1'), taken]
  const port = () => (ports.length === 0 ? freePort('127.0.0.1') : Promise.resolve(ports.shift()!))
  const etcd = await RealEtcd.start([], port)
  expect(etcd.address).not.toBe(`127.0.0.1:${taken}`)
  expect(ports).toEqual([])
  await etcd.stop()
})

test.skipIf(!etcdInstalled())('etcd that finds no port says so after a few times', async () => {
  let asked = 0
  const port = () => Promise.resolve((asked++, taken))
  await expect(RealEtcd.start([], port)).rejects.toThrow('address already in use')
  expect(asked).toBe(10)
})

test.skipIf(!etcdInstalled())('etcd that fails for another reason is not tried again', async () => {
  let asked = 0
  const port = () => (asked++, freePort('127.0.0.1'))
  await expect(RealEtcd.start(['--no-such-flag'], port)).rejects.toThrow('etcd did not start')
  expect(asked).toBe(2)
})
