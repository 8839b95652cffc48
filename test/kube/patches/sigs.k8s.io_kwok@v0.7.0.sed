# pkg/utils/exec/exec.go
# A program in a pod must see the end of its input when the stream to it ends, as it does with a kubelet.
s/_, _ = io\.Copy(inPipe, opt\.In)/_, _ = io.Copy(inPipe, opt.In); _ = inPipe.Close()/
