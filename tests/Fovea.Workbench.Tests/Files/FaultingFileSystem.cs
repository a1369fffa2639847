namespace Fovea.Workbench.Tests;

/// <summary>The machine's files, but operation number <paramref name="failAt"/> (from 1) fails as on a full disk; later
/// ones too where <paramref name="forever"/>.</summary>
internal sealed class FaultingFileSystem(int failAt, bool forever) : IFileSystem
{
    private readonly DiskFileSystem _disk = DiskFileSystem.Instance;

    public int Operations { get; private set; }

    public Stream Create(string path)
    {
        Count();
        return new FaultingStream(_disk.Create(path), Count);
    }

    public Stream OpenRead(string path)
    {
        Count();
        return _disk.OpenRead(path);
    }

    public void Flush(Stream stream)
    {
        Count();
        _disk.Flush(((FaultingStream)stream).Inner);
    }

    public void Move(string source, string destination)
    {
        Count();
        _disk.Move(source, destination);
    }

    public void Delete(string path)
    {
        Count();
        _disk.Delete(path);
    }

    public void FlushFolder(string folder)
    {
        Count();
        _disk.FlushFolder(folder);
    }

    public bool Exists(string path) => _disk.Exists(path);

    public IReadOnlyList<string> Files(string folder) => _disk.Files(folder);

    private void Count()
    {
        Operations++;
        if (Operations == failAt || (forever && Operations > failAt))
        {
            throw new IOException("No space left on device");
        }
    }

    private sealed class FaultingStream(Stream inner, Action count) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            count();
            inner.Write(buffer);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
