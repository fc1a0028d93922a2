/** The pods that the scenario needs: one with two containers, one to evict. */
export const BOX: string = `
apiVersion: v1
kind: Pod
metadata: {name: box, namespace: default}
spec: {containers: [{name: main, image: busybox}, {name: side, image: busybox}]}
---
apiVersion: v1
kind: Pod
metadata: {name: gone, namespace: default}
spec: {containers: [{name: main, image: busybox}]}
`
