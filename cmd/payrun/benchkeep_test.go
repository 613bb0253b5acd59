package main
import ("testing";"os";"strconv";"os/exec")
func TestKeepWorlds(t *testing.T){
 n,_:=strconv.Atoi(os.Getenv("KEEPN")); to:=os.Getenv("KEEPTO")
 for _,k:=range []string{"rows","blocks"}{
  var d string
  if k=="rows"{d=rowsWorld(t,n)}else{ d=blocksWorld(t,n,false)}
  out:=to+"/"+k+strconv.Itoa(n)
  if b,err:=exec.Command("cp","-r",d,out+"new").CombinedOutput();err!=nil{t.Fatal(string(b))}
  settleBench(t,d)
  if b,err:=exec.Command("cp","-r",d,out).CombinedOutput();err!=nil{t.Fatal(string(b))}
 }
}
