//go:build !nobrowser

package main

import (
	"os"
	"testing"
	"time"
	"fmt"

	"github.com/chromedp/chromedp"
)

func TestLookAtTheSite(t *testing.T) {
	browser := startBrowser(t)
	b := &tab{t: t, url: os.Getenv("SITE")}
	b.openTab(browser)
	begin := time.Now()
	b.open("")
	b.wait(`!!(document.querySelector('.results') || {dataset: {}}).dataset.stage`)
	fmt.Println("first answer", time.Since(begin))
	b.refined()
	fmt.Println("refined", time.Since(begin))
	b.wait(`document.querySelectorAll('img.drawn:not([hidden])').length >= 2`)
	b.picture("site-explore")
	fmt.Println(b.errors)
	b.do(chromedp.EmulateViewport(390, 844))
	b.picture("site-explore-390")
	b.do(chromedp.EmulateViewport(1280, 900))
	b.open("#watch?scenario=float")
	b.wait(`!!document.querySelector('.clock') && !document.querySelector('.transport button:nth-child(4)').disabled`)
	b.picture("site-watch")
	b.open("#learn/little")
	b.wait(`!!document.querySelector('.lesson h1, .lesson h2')`)
	b.picture("site-learn")
	b.do(chromedp.Navigate(b.url+"manual.html"))
	b.picture("site-manual")
	fmt.Println(b.errors)
}
