package main
import ("testing";"os";"io";"runtime/pprof";"runtime")
func TestProf(t *testing.T){
 f,_:=os.Create(os.Getenv("PROF")); 
 runtime.MemProfileRate=64*1024
 pprof.StartCPUProfile(f)
 p:=newProgram(os.Stdin,io.Discard,os.Stderr,nil)
 c:=p.run([]string{"payrun","-chdir="+os.Getenv("D"),"plan"})
 pprof.StopCPUProfile(); f.Close()
 if c!=0{t.Fatal(c)}
 m,_:=os.Create(os.Getenv("PROF")+".mem"); pprof.Lookup("allocs").WriteTo(m,0); m.Close()
}
