namespace Fovea.Workbench.Tests;

/// <summary>The books of what was fed.</summary>
public sealed class FeedBookTests
{
    [Fact]
    public void Add_LabelsOfTheBatchBefore_AreCountedAsChanged()
    {
        FeedBook book = new(3);
        Tensor inputs = Tensor.Normal([4, 2], rng: new Rng(1)),
            scores = Tensor.Zeros([4, 3]);
        book.Add(new(inputs, Tensor.From([0L, 1L, 2L, 0L], [4]), [0, 1, 2, 3]), scores);
        MeasuredEpoch first = book.Close(new MeasuredEpoch { Epoch = 1, Step = 1 });
        book.Add(new(inputs, Tensor.From([0L, 2L, 1L, 0L], [4]), [0, 1, 2, 3]), scores);
        MeasuredEpoch second = book.Close(new MeasuredEpoch { Epoch = 2, Step = 2 });

        Assert.Equal((0, 2), (first.LabelsChanged, second.LabelsChanged));
        Assert.Equal([2, 1, 1], first.ClassItemsSeen);
        Assert.Equal(0, first.AlikeInBatch);
    }

    // Three of four are the values of the one before; the same item twice in a batch is not another item.
    [Fact]
    public void Add_OneBufferForAllItems_IsCounted()
    {
        FeedBook book = new(3);
        Tensor inputs = Tensor.Ones([4, 2]),
            labels = Tensor.From([0L, 1L, 2L, 0L], [4]);
        book.Add(new(inputs, labels, [0, 1, 2, 3]), Tensor.Zeros([4, 3]));
        MeasuredEpoch buffer = book.Close(new MeasuredEpoch { Epoch = 1, Step = 1 });
        book.Add(new(inputs, labels, [5, 5, 5, 5]), Tensor.Zeros([4, 3]));
        MeasuredEpoch again = book.Close(new MeasuredEpoch { Epoch = 2, Step = 2 });

        Assert.Equal((3, 0), (buffer.AlikeInBatch, again.AlikeInBatch));
    }
}
