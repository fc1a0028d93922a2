import { EtcdError, EtcdStore, keyBytes, type EtcdStoreOptions } from '../../src/etcd/index.js'

/** Virtual time that a test moves by hand. */
export class ManualClock {
  time = 1_700_000_000_000

  now(): number {
    return this.time
  }

  advance(milliseconds: number): void {
    this.time += milliseconds
  }
}

export function newStore(options: Partial<EtcdStoreOptions> = {}): EtcdStore {
  return new EtcdStore({ clock: new ManualClock(), ...options })
}

export function bytes(text: string): Uint8Array {
  return keyBytes(text)
}

/** The error that a call throws, as code and text. */
export function refusal(call: () => unknown): [code: number, message: string] {
  try {
    call()
  } catch (error) {
    if (error instanceof EtcdError) return [error.code, error.message]
    throw error
  }
  throw new Error('nothing was refused')
}
