import type { Program } from './command.js'

/** Asks the cluster's DNS for a name, as busybox does. */
export const nslookup: Program = {
  name: 'nslookup',
  run: ({ args, world, write, error }) => {
    const name = args.find((word) => !word.startsWith('-'))
    if (name === undefined) {
      error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n')
      return 1
    }
    const { dnsServer } = world.network
    write(`Server:\t\t${dnsServer}\nAddress:\t${dnsServer}:53\n\n`)
    const found = world.network.lookup(name)
    if (found === undefined) {
      write(`** server can't find ${name}: NXDOMAIN\n\n`)
      return 1
    }
    for (const address of found.addresses) write(`Name:\t${found.full}\nAddress: ${address}\n`)
    write('\n')
    return 0
  },
}
