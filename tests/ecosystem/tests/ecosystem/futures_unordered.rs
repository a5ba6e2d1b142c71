//! Answers that come in any order, taken for those to the questions in turn.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::oneshot;

async fn program(carries_numbers: bool) {
    let mut answers = FuturesUnordered::new();
    for question in 0..3_u32 {
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move { answer.send(question * 10).unwrap() });
        answers.push(async move { (question, answered.await.unwrap()) });
    }
    let mut turn = 0;
    while let Some((question, answer)) = answers.next().await {
        let asked = if carries_numbers { question } else { turn };
        assert_eq!(answer, asked * 10, "the answer to another question");
        turn += 1;
    }
    assert_eq!(turn, 3);
}

#[coyote::test(expect = "bug", message = "the answer to another question")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
