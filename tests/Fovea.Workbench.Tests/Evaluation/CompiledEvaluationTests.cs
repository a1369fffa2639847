namespace Fovea.Workbench.Tests;

/// <summary>Trained networks are measured and used compiled, with the answers of the module itself.</summary>
public sealed class CompiledEvaluationTests : IDisposable
{
    private const string Net =
        "input 3x32x32; conv 8 3; bn; relu; maxpool 2; conv 12 3; bn; relu; globalavgpool flatten=true; linear classes";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_Compiled_CountsAsTheModuleDoes()
    {
        (TrainedModel model, Fovea.Data.DataSource data) = Trained();

        EvaluationResult eager = Evaluator.Run(model.Model, data.Test, model.Preprocessing),
            compiled = model.Evaluate(data);

        Assert.Equal(eager.Accuracy, compiled.Accuracy);
        Assert.Equal(eager.PerClass, compiled.PerClass);
        Assert.Equal(eager.Loss, compiled.Loss, 1e-5);
    }

    [Fact]
    public void Evaluate_WeightsChangedBetween_MeasuresTheNewOnes()
    {
        (TrainedModel model, Fovea.Data.DataSource data) = Trained();
        double before = model.Evaluate(data).Loss;
        model.Model.Parameters()[^1].Fill(3.0);
        model.Model.Parameters()[^1].AsSpan<float>()[0] = 9;

        Assert.NotEqual(before, model.Evaluate(data).Loss, 0.1);
    }

    [Fact]
    public void Predict_ManyItems_HaveTheModulesProbabilities()
    {
        (TrainedModel model, Fovea.Data.DataSource data) = Trained();
        Predictor predictor = new(model, 10);
        for (int i = 0; i < 12; i++)
        {
            float[] item = new float[data.Test.ItemShape.Count];
            data.Test.Read(i, item);
            model.Preprocessing.Apply(item);
            double[] expected = NoGrad
                .Run(() => model.Model.Forward(Tensor.From(item, [1, .. model.ItemShape.Sizes])).Softmax())
                .ToArray<double>();

            Prediction actual = predictor.Item(data.Test, i);

            Assert.All(
                actual.Top,
                t => Assert.Equal(expected[model.Classes.ToList().IndexOf(t.Label)], t.Probability, 1e-5)
            );
        }
    }

    [Fact]
    public void Compiled_DropoutThatStaysInTraining_RunsAsTheModuleDrawingAnewEachTime()
    {
        Module net = new Restless();
        net.Initialize(1).Eval();
        Tensor x = Tensor.Normal([4, 6], rng: new Rng(2));

        Func<Tensor, Tensor> run = Evaluator.Compiled(net, [6]);

        using NoGrad scope = NoGrad.Enter();
        Assert.NotEqual(run(x).ToArray(), run(x).ToArray());
    }

    [Fact]
    public void Compile_DropoutThatStaysInTraining_NamesTheLayerThatDraws()
    {
        Module net = new Restless();

        Assert.Contains(
            "drop.key draws random numbers in evaluation too",
            Assert.Throws<InvalidOperationException>(() => net.Initialize(1).Eval().Compile([6])).Message,
            StringComparison.Ordinal
        );
    }

    private sealed class Restless : Module
    {
        private readonly Linear _head = new(6, 3);
        private readonly Dropout _drop = new(0.5);

        public override Tensor Forward(Tensor x)
        {
            _drop.Train();
            return _head.Forward(_drop.Forward(x));
        }
    }

    private (TrainedModel Model, Fovea.Data.DataSource Data) Trained()
    {
        TrainingRequest request = new()
        {
            Model = Net,
            Data = "shapes",
            TrainCount = 200,
            TestCount = 150, // a last batch of another size
            Epochs = 2,
            Preflight = false,
            Out = _folder.File("run"),
        };
        Trainer.Run(request);
        return (TrainedModel.Load(request.Out), Fovea.Data.Datasets.Open("shapes", request.ToDataOptions()));
    }
}
