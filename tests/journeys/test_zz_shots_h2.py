"""Screens of the household's pages."""
import os, sys
sys.path.insert(0,'/work/main')
import pytest
from playwright.sync_api import sync_playwright
from tests.journeys import test_household_registration as T
from tests.journeys.household import *

@pytest.mark.django_db(transaction=True)
def test_shots(live_server):
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
    fam=settle(); c=sign_in(fam.head); c.post("/my-file/household/start/")
    out="/tmp/h2_shots"; os.makedirs(out,exist_ok=True)
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox","--disable-gpu"])
        def shot(name,path,langs=("ar","fr"),widths=(640,390)):
            for l in langs:
                for w in widths:
                    ctx=b.new_context(viewport={"width":w,"height":800}); ctx.add_cookies([{"name":"language","value":l,"url":live_server.url},{"name":"sessionid","value":c.cookies["sessionid"].value,"url":live_server.url}])
                    pg=ctx.new_page(); pg.on("console",lambda m: print(name,m.type,m.text) if m.type=="error" else None)
                    pg.goto(live_server.url+path); pg.screenshot(path=f"{out}/{name}-{l}-{w}.png",full_page=True)
                    ov=pg.evaluate("document.documentElement.scrollWidth-document.documentElement.clientWidth")
                    if ov>0: print("OVERFLOW",name,l,w,ov)
                    ctx.close()
        want=os.environ.get("SHOTS","").split()
        def s(name,*a,**k):
            if not want or name in want: shot(name,*a,**k)
        s("tasks0","/my-file/household/"); s("start","/my-file/household/start/")
        s("work",T.MEMBERS+fam.head+"/work/"); s("addm",T.MEMBERS+"add/"); s("place","/my-file/household/place/")
        T.fill(c,fam)
        c.post("/my-file/household/questions/dwelling/",{**URBAN,"rooms":"99"})
        s("check-bad",T.CHECK)
        c.post("/my-file/household/questions/dwelling/",URBAN)
        s("members",T.MEMBERS); s("energy","/my-file/household/questions/energy/"); s("tasks","/my-file/household/"); s("check",T.CHECK)
        print(T.send(c).status_code)
        from sijil.domains.social_register import queries
        s("sent","/my-file/household/sent/"); s("score","/my-file/score/",widths=(1100,640,390)); s("terms","/my-file/score/terms/"); s("home","/my-file/",widths=(1100,390))
        b.close()
